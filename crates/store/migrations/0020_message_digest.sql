-- Only WeChat's messages are looked for by their content, to know one that is sent again. A row in an
-- index in the order of hashes costs a page of its own, so the index holds no others.
DROP INDEX inbound_message_digest;
CREATE INDEX inbound_message_digest ON inbound_message (digest) WHERE channel = 3;

-- Who a key belongs to: 1 a bank, which takes cash at counters; 2 a hospital, which asks for cover.
-- bank holds the code of either; a code is one kind's for ever.
ALTER TABLE counter_key ADD COLUMN partner BIGINT NOT NULL DEFAULT 1;

-- 验证码: the digits that a browser is shown, as picture and as sound. One for a browser, used once.
CREATE TABLE verification_code (
    browser_hash     TEXT   NOT NULL PRIMARY KEY,
    digits           TEXT   NOT NULL,
    made_at          BIGINT NOT NULL
) {without_rowid};
CREATE INDEX verification_code_made ON verification_code (made_at);

-- 自助查询: a browser that proved by four fields whose bills it may see, for a short while. The key is
-- the hash of the browser's secret; subject is the person's number, payment_id the order begun last.
CREATE TABLE inquiry (
    inquiry_hash     TEXT   NOT NULL PRIMARY KEY,
    subject          BIGINT NOT NULL,
    started_at       BIGINT NOT NULL,
    seen_at          BIGINT NOT NULL,
    payment_id       BIGINT,
    ended_at         BIGINT
) {without_rowid};
CREATE INDEX inquiry_started ON inquiry (started_at);

-- 查询次数: answers given in self-service inquiries since the first that was wrong, by browser, by
-- identity number and by address, each only as a hash. Counting starts again at ends_at.
CREATE TABLE inquiry_guess (
    guess_hash       TEXT   NOT NULL PRIMARY KEY,
    guesses          BIGINT NOT NULL,
    ends_at          BIGINT NOT NULL
) {without_rowid};
CREATE INDEX inquiry_guess_end ON inquiry_guess (ends_at);

-- 微信访客: a browser inside WeChat that was sent to say who its user is, and the answer. state_hash is
-- there while an answer is awaited; answer: 1 known, 2 a throw-away user, 3 none.
CREATE TABLE wechat_visitor (
    browser_hash     TEXT   NOT NULL PRIMARY KEY,
    state_hash       TEXT,
    asked_at         BIGINT NOT NULL,
    answer           BIGINT,
    openid           TEXT
) {without_rowid};
CREATE INDEX wechat_visitor_asked ON wechat_visitor (asked_at);

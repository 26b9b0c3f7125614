-- 微信订单: what WeChat was asked for an attempt, and when it is asked next what became of it.
-- place: 1 official account, 2 a phone's browser, 3 a code to scan; the payer is the openid or the
-- address. prepared is WeChat's answer. state: 1 open, 2 paid, 3 ended without money, 4 a clerk was
-- told. tell_at is when the payer's WeChat is told of the receipt; told_as is WeChat's number of it.
CREATE TABLE wechat_order (
    person_id        BIGINT NOT NULL,
    payment_id       BIGINT NOT NULL,
    place            BIGINT NOT NULL,
    payer            TEXT,
    description      TEXT   NOT NULL,
    ordered_on       TEXT   NOT NULL,
    state            BIGINT NOT NULL,
    tries            BIGINT NOT NULL,
    ask_at           BIGINT,
    prepared         TEXT,
    prepared_at      BIGINT,
    transaction_id   TEXT,
    tell_at          BIGINT,
    tell_tries       BIGINT NOT NULL,
    told_as          BIGINT,
    PRIMARY KEY (person_id, payment_id)
) {without_rowid};
CREATE INDEX wechat_order_ask ON wechat_order (ask_at) WHERE ask_at IS NOT NULL;
CREATE INDEX wechat_order_tell ON wechat_order (tell_at) WHERE tell_at IS NOT NULL;
CREATE INDEX wechat_order_day ON wechat_order (ordered_on);

-- 退费: a decision to send held money back the way it came. Never changed.
CREATE TABLE refund (
    person_id        BIGINT NOT NULL,
    refund_id        BIGINT NOT NULL,
    suspense_id      BIGINT NOT NULL,
    receipt_id       BIGINT NOT NULL,
    channel          BIGINT NOT NULL,
    reference        TEXT   NOT NULL,
    amount_fen       BIGINT NOT NULL,
    paid_fen         BIGINT NOT NULL,
    reason           TEXT   NOT NULL,
    decided_by       TEXT   NOT NULL,
    decided_at       BIGINT NOT NULL,
    PRIMARY KEY (person_id, refund_id)
) {without_rowid};
CREATE INDEX refund_suspense ON refund (person_id, suspense_id);

-- What became of a refund, one row for each thing that the channel said. Only ever inserted.
-- state: 1 decided, 2 under way, 3 done, 4 refused by the channel, 5 the card can't take it.
CREATE TABLE refund_step (
    person_id        BIGINT NOT NULL,
    refund_id        BIGINT NOT NULL,
    step_id          BIGINT NOT NULL,
    state            BIGINT NOT NULL,
    recorded_at      BIGINT NOT NULL,
    message_id       BIGINT,
    channel_number   TEXT,
    PRIMARY KEY (person_id, refund_id, step_id)
) {without_rowid};

-- How a refund stands: its last step, when the channel is asked next, the channel's day on which it
-- was taken on, the bill that states it, and the day on which both sides had it.
CREATE TABLE refund_standing (
    person_id        BIGINT NOT NULL,
    refund_id        BIGINT NOT NULL,
    channel          BIGINT NOT NULL,
    state            BIGINT NOT NULL,
    tries            BIGINT NOT NULL,
    ask_at           BIGINT,
    accounting_on    TEXT,
    stated_on        TEXT,
    matched_on       TEXT,
    PRIMARY KEY (person_id, refund_id)
) {without_rowid};
CREATE INDEX refund_standing_ask ON refund_standing (channel, ask_at) WHERE ask_at IS NOT NULL;
CREATE INDEX refund_standing_day ON refund_standing (channel, accounting_on);

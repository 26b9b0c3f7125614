-- 停保: the end of a span names its own cause, beside the cause of its beginning. Spans that were closed
-- before this column was there have none.
ALTER TABLE enrolment ADD COLUMN end_cause_kind BIGINT;
ALTER TABLE enrolment ADD COLUMN end_cause_id BIGINT;

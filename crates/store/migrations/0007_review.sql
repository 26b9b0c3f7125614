-- Values published late. asked_month: with which month's bill the dues of a batch are asked for,
-- which is later than their own month where they are differences. reviewed_on: the day up to
-- whose knowledge of the law the batch was compared with what it charged; a projection.
ALTER TABLE assessment_batch ADD COLUMN asked_month BIGINT NOT NULL DEFAULT 0;
ALTER TABLE assessment_batch ADD COLUMN reviewed_on TEXT NOT NULL DEFAULT '';
UPDATE assessment_batch SET asked_month = month, reviewed_on = known_on;

-- Differences that are still asked for: few, and looked for by person.
CREATE INDEX due_difference ON due (person_id) WHERE part > 0 AND state = 1;

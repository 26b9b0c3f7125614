-- 导入文件: a file of many lines, beside its run. body is what was uploaded at a desk; a file that
-- lies on the operator's disk has an empty one. state: 1 checked, 2 booking, 3 booked, 4 withdrawn.
CREATE TABLE import_file (
    run_id           BIGINT NOT NULL PRIMARY KEY,
    kind             BIGINT NOT NULL,
    name             TEXT   NOT NULL,
    office           TEXT   NOT NULL,
    body             {blob} NOT NULL,
    state            BIGINT NOT NULL,
    booked           BIGINT NOT NULL,
    unchanged        BIGINT NOT NULL,
    refused          BIGINT NOT NULL,
    changed_by       TEXT   NOT NULL,
    changed_at       BIGINT NOT NULL
) {rowid};

-- What became of each line, or would. fate: 1 booked, 2 nothing to do, 3 refused. It names the
-- column, never what stood in it.
CREATE TABLE import_line (
    run_id           BIGINT NOT NULL,
    line             BIGINT NOT NULL,
    fate             BIGINT NOT NULL,
    field            TEXT   NOT NULL,
    words_zh         TEXT   NOT NULL,
    words_en         TEXT   NOT NULL,
    PRIMARY KEY (run_id, line)
) {without_rowid};

-- What the whole database is: one line per property, such as the city's pack.
CREATE TABLE meta (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) {without_rowid};

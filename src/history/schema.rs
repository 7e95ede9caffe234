//! The tables of the index.

use rusqlite::Connection;

/// The version of the tables. An index of another version is made anew.
const VERSION: i64 = 3;

const TABLES: &str = "
    DROP TABLE IF EXISTS figure;
    DROP TABLE IF EXISTS result;
    DROP TABLE IF EXISTS run;
    CREATE TABLE run (
        id INTEGER PRIMARY KEY,
        directory TEXT NOT NULL UNIQUE,
        -- What the file with the results looked like when it was read; a file that looks otherwise is read again.
        stamp TEXT NOT NULL,
        state TEXT NOT NULL,
        scenario TEXT NOT NULL DEFAULT '',
        started_at TEXT NOT NULL DEFAULT '',
        seconds REAL,
        outcome TEXT,
        cases INTEGER NOT NULL DEFAULT 0,
        passed INTEGER NOT NULL DEFAULT 0,
        flaky INTEGER NOT NULL DEFAULT 0,
        browser TEXT NOT NULL DEFAULT '',
        precall TEXT NOT NULL DEFAULT '',
        branch TEXT NOT NULL DEFAULT '',
        calibration INTEGER NOT NULL DEFAULT 0,
        note TEXT
    );
    CREATE TABLE result (
        id INTEGER PRIMARY KEY,
        run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
        cell TEXT NOT NULL,
        sdk TEXT NOT NULL,
        failed INTEGER NOT NULL,
        -- Failed at first, and then passed.
        flaky INTEGER NOT NULL
    );
    CREATE INDEX result_by_run ON result(run);
    CREATE TABLE figure (
        metric TEXT NOT NULL,
        result INTEGER NOT NULL REFERENCES result(id) ON DELETE CASCADE,
        value REAL NOT NULL,
        PRIMARY KEY (metric, result)
    ) WITHOUT ROWID;
    CREATE INDEX figure_by_result ON figure(result);
";

/// Prepares a database: makes the tables unless there are those of this version.
pub(super) fn prepare(connection: &mut Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "foreign_keys", true)?;
    // The file may come from anybody, as the runs beside it may.
    connection.pragma_update(None, "trusted_schema", false)?;
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let version: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version != VERSION {
        transaction.execute_batch(TABLES)?;
        transaction.pragma_update(None, "user_version", VERSION)?;
    }
    transaction.commit()
}

//! The results of passes in, the answer to the query over them out: SQLite, as one private temporary database.
//!
//! ```text
//!  rows of passes ──▶ a table a pass ──▶ the outer query, its functions registered ──▶ rows of the answer
//! ```
//!
//! The database has no name: SQLite keeps it in its page cache, writes it to a file that is unlinked at birth when the cache is
//! full, and so do its sorts. Nothing is journalled or synced, since nobody reads it after an end of the process.
//!
//! Knows nothing of inputs; what SQLite has to compute is asked back of [`exprs`](crate::exprs) and
//! [`aggregates`](crate::aggregates).

mod aggregate;
mod held;
mod moving;
mod scalar;

use std::path::Path;
use std::sync::{Arc, OnceLock};

use bumpalo::Bump;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, ToSql};

use self::held::Share;
use self::scalar::Failure;
use crate::error::{Error, Result};
use crate::exprs::crossing::{Crossed, back, cross};
use crate::exprs::{Type, Value};
use crate::questions::plan::{Outer, OuterKind};

/// Tables, and what is asked of them.
#[derive(Debug)]
pub struct Tables {
    connection: Connection,
    inserts: Vec<String>,
    cache_bytes: usize,
    /// What aggregates may hold of values.
    values: Arc<Share>,
    /// Why a function ended the query.
    failure: Arc<Failure>,
    scratch: Vec<Vec<u8>>,
}

/// The bytes of a page.
const PAGE_BYTES: usize = 4096;
/// SQLite's steps between two looks at whether to go on.
const STEPS: i32 = 10_000;

impl Tables {
    /// Empty tables for `outer`, with `cache_bytes` of memory. What does not fit is written to `directory` (`None`: the temporary
    /// one), at most `limit_bytes`.
    pub fn open(
        outer: &Outer,
        cache_bytes: usize,
        directory: Option<&Path>,
        limit_bytes: Option<u64>,
    ) -> Result<Tables> {
        let connection = Connection::open("").map_err(told)?;
        spill_into(&connection, directory)?;
        let pages = limit_bytes.map_or(u64::from(u32::MAX) - 1, |bytes| (bytes / PAGE_BYTES as u64).max(1));
        let settings = format!(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; \
             PRAGMA temp_store = FILE; PRAGMA max_page_count = {pages};"
        );
        connection.execute_batch(&settings).map_err(told)?;
        let mut tables = Tables {
            connection,
            inserts: Vec::new(),
            cache_bytes,
            values: Arc::default(),
            failure: Arc::default(),
            scratch: Vec::new(),
        };
        tables.set_cache(cache_bytes)?;
        for table in &outer.tables {
            let name = format!("\"{}\"", table.name.replace('"', "\"\""));
            // A table has a column even where nobody selects one.
            let columns = table.columns.join(", ");
            tables.connection.execute_batch(&format!("CREATE TABLE {name} ({columns})")).map_err(told)?;
            let places = vec!["?"; table.columns.len()].join(", ");
            tables.inserts.push(format!("INSERT INTO {name} VALUES ({places})"));
        }
        tables.connection.execute_batch("BEGIN").map_err(told)?;
        for function in &outer.functions {
            match &function.kind {
                OuterKind::Scalar(expr) => {
                    scalar::expression(&tables.connection, function, expr.clone(), &tables.failure)
                }
                OuterKind::Order => scalar::order(&tables.connection, function, &tables.failure),
                OuterKind::Range => scalar::range(&tables.connection, function, &tables.failure),
                OuterKind::Aggregate { call, moves } => {
                    let counted = (&tables.values, &tables.failure);
                    aggregate::register(&tables.connection, function, call.clone(), *moves, counted)
                }
            }
            .map_err(told)?;
        }
        Ok(tables)
    }

    /// Appends a row to table `table`.
    pub fn insert(&mut self, table: usize, values: &[Value<'_>]) -> Result<()> {
        let mut statement = self.connection.prepare_cached(&self.inserts[table]).map_err(told)?;
        self.scratch.resize_with(values.len().max(self.scratch.len()), Vec::new);
        let row = values.iter().zip(&mut self.scratch).map(|(&value, scratch)| Across(cross(value, scratch)));
        for (place, value) in row.enumerate() {
            statement.raw_bind_parameter(place + 1, value).map_err(told)?;
        }
        statement.raw_execute().map(drop).map_err(told)
    }

    /// Calls `each` with the rows of the answer, in order. Looks at `stops` now and then. May take `memory_bytes`, and half as much for
    /// the values that aggregates hold.
    pub fn answer(
        &mut self,
        outer: &Outer,
        memory_bytes: usize,
        stops: impl Fn() -> bool + Send + 'static,
        each: &mut dyn FnMut(&[Value<'_>]) -> Result<()>,
    ) -> Result<()> {
        self.set_cache(memory_bytes.max(self.cache_bytes))?;
        self.values.set(memory_bytes / 2);
        self.connection.progress_handler(STEPS, Some(stops)).map_err(told)?;
        let mut statement = self.connection.prepare(&outer.sql).map_err(told)?;
        let mut rows = statement.raw_query();
        let mut arena = Bump::new();
        let why = |error| self.failure.take().unwrap_or_else(|| told(error));
        while let Some(row) = rows.next().map_err(why)? {
            arena.reset();
            let mut values = Vec::with_capacity(outer.answer.len());
            for (place, column) in outer.answer.iter().enumerate() {
                values.push(value(row.get_ref(place).map_err(told)?, column.ty, &arena)?);
            }
            each(&values)?;
        }
        Ok(())
    }

    /// Bytes of the tables.
    pub fn bytes(&self) -> u64 {
        let pages = self.connection.query_row("PRAGMA page_count", [], |row| row.get::<_, i64>(0));
        u64::try_from(pages.unwrap_or(0)).unwrap_or(0) * PAGE_BYTES as u64
    }

    /// Half for the tables; what sorts and groups has each as much, and gives back pages when all is nearly used.
    fn set_cache(&self, bytes: usize) -> Result<()> {
        let kibibytes = (bytes / 2 / 1024).max(64);
        let settings = format!("PRAGMA cache_size = -{kibibytes}; PRAGMA soft_heap_limit = {bytes}");
        self.connection.execute_batch(&settings).map_err(told)
    }
}

/// Tells SQLite where its files go. It keeps that once for the process, so the first who says it is heard.
fn spill_into(connection: &Connection, directory: Option<&Path>) -> Result<()> {
    static SAID: OnceLock<()> = OnceLock::new();
    let Some(directory) = directory else { return Ok(()) };
    let mut said = Ok(());
    SAID.get_or_init(|| {
        let path = directory.to_string_lossy().replace('\'', "''");
        said = connection.execute_batch(&format!("PRAGMA temp_store_directory = '{path}'")).map_err(told);
    });
    said
}

/// A value on its way into SQLite.
struct Across<'a>(Crossed<'a>);

impl ToSql for Across<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Crossed::Null => ValueRef::Null,
            Crossed::Integer(whole) => ValueRef::Integer(whole),
            Crossed::Real(real) => ValueRef::Real(real),
            Crossed::Text(text) => ValueRef::Text(text),
        }))
    }
}

/// A value that comes out of SQLite.
fn value<'a>(found: ValueRef<'a>, ty: Type, arena: &'a Bump) -> Result<Value<'a>> {
    let crossed = match found {
        ValueRef::Null => Crossed::Null,
        ValueRef::Integer(whole) => Crossed::Integer(whole),
        ValueRef::Real(real) => Crossed::Real(real),
        ValueRef::Text(text) | ValueRef::Blob(text) => Crossed::Text(text),
    };
    back(crossed, ty, arena).ok_or_else(|| Error::Usage(format!("SQLite gave {found:?} for a {ty}")))
}

/// What SQLite's error is for whoever asked.
fn told(error: rusqlite::Error) -> Error {
    match error.sqlite_error_code() {
        Some(ErrorCode::OperationInterrupted) => Error::Interrupted { terminated: false },
        Some(ErrorCode::DiskFull) => Error::OuterFull,
        Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen) => Error::Io {
            path: "the temporary directory".to_string(),
            verb: "keep results there",
            source: std::io::Error::other(error.to_string()),
        },
        _ => Error::Outer { what: error.to_string() },
    }
}

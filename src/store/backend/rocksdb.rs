//! RocksDB. Options follow what is known to lose data: every commit is synced, the log is read back with
//! `TolerateCorruptedTailRecords` (the default loses acknowledged writes behind one flipped bit), and every scan ends
//! with a status check (a damaged block looks like the end otherwise).

use super::{
    Backend, Batch, Deadline, KeyRange, Order, RangeVisitor, ReadView, Run, StoreError, Table,
    Taker, Usage, Visitor,
};
use rayon::prelude::*;
use rocksdb::checkpoint::Checkpoint;
use rocksdb::statistics::{StatsLevel, Ticker};
use rocksdb::{
    BlockBasedOptions, BottommostLevelCompaction, Cache, ColumnFamily, ColumnFamilyDescriptor,
    CompactOptions, DB, DBCompressionType, DBRecoveryMode, ErrorKind, IngestExternalFileOptions,
    Options, ReadOptions, SnapshotWithThreadMode, SstFileWriter, WriteBatch, WriteOptions,
};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// Whether commits wait for the disk. Anything but `Synced` exists so that a test can prove that it is noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Durability {
    #[default]
    Synced,
    NotSyncedForTests,
}

/// How to open.
#[derive(Clone, Copy, Debug)]
pub struct RocksOptions {
    /// Bytes of the cache shared by all tables.
    pub cache_bytes: usize,
    pub durability: Durability,
}

/// Loads below this many bytes go through the log; larger ones are ingested as sorted files.
const INGEST_FROM_BYTES: usize = 1 << 20;
/// Keys are read in slices of this many, and the deadline is looked at between them.
const KEYS_A_READ: usize = 512;
/// The deadline is looked at after this many entries of a scan.
const ENTRIES_A_CHECK: usize = 256;
const FILE_BYTES: usize = 32 << 20;
const BLOCK_BYTES: usize = 16 << 10;
/// A search reads a little in very many places.
const SEARCH_BLOCK_BYTES: usize = 4 << 10;

/// A RocksDB database in a folder of its own, with a staging folder beside it.
pub struct RocksBackend {
    db: DB,
    options: Options,
    cache: Cache,
    folder: PathBuf,
    staging: PathBuf,
    write: WriteOptions,
    committing: Mutex<()>,
    staged: AtomicU64,
}

impl RocksBackend {
    /// Opens the database in `folder`, making it if there is none. Large loads are prepared in `staging`.
    pub fn open(
        folder: &Path,
        staging: &Path,
        options: &RocksOptions,
    ) -> Result<RocksBackend, StoreError> {
        let cache = Cache::new_hyper_clock_cache(options.cache_bytes, 0);
        let descriptors = Table::ALL.iter().map(|table| {
            let options = table_options(*table, &cache);
            ColumnFamilyDescriptor::new(table.name(), options)
        });
        let database_options = database_options();
        let db = DB::open_cf_descriptors(&database_options, folder, descriptors)
            .map_err(|error| opening_error(&error, folder))?;
        empty_staging(staging)?;
        let mut write = WriteOptions::default();
        write.set_sync(options.durability == Durability::Synced);
        Ok(RocksBackend {
            db,
            options: database_options,
            cache,
            folder: folder.to_owned(),
            staging: staging.to_owned(),
            write,
            committing: Mutex::new(()),
            staged: AtomicU64::new(0),
        })
    }

    fn family(&self, table: Table) -> Result<&ColumnFamily, StoreError> {
        self.db
            .cf_handle(table.name())
            .ok_or_else(|| StoreError::damaged(format!("table {} is missing", table.name())))
    }

    fn holds(&self, batch: &Batch) -> Result<bool, StoreError> {
        for condition in &batch.conditions {
            let found = self
                .db
                .get_pinned_cf(self.family(condition.table)?, &condition.key)
                .map_err(failure)?;
            if found.as_deref() != condition.expected.as_deref() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Writes runs that follow each other into one file.
    fn write_file(&self, table: Table, runs: &[&Run]) -> Result<PathBuf, StoreError> {
        let number = self.staged.fetch_add(1, Ordering::Relaxed);
        let path = self.staging.join(format!("{number}.sst"));
        let options = file_options(table);
        let mut writer = SstFileWriter::create(&options);
        writer.open(&path).map_err(failure)?;
        for (key, value) in runs.iter().flat_map(|run| run.iter()) {
            writer.put(key, value).map_err(failure)?;
        }
        writer.finish().map_err(failure)?;
        Ok(path)
    }
}

impl Backend for RocksBackend {
    fn snapshot(&self) -> Box<dyn ReadView + '_> {
        Box::new(RocksView {
            backend: self,
            snapshot: self.db.snapshot(),
            fills_cache: true,
        })
    }

    fn bulk_snapshot(&self) -> Box<dyn ReadView + '_> {
        Box::new(RocksView {
            backend: self,
            snapshot: self.db.snapshot(),
            fills_cache: false,
        })
    }

    fn commit(&self, batch: Batch) -> Result<bool, StoreError> {
        let _alone = self
            .committing
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if !self.holds(&batch)? {
            return Ok(false);
        }
        let mut writes = WriteBatch::default();
        for (table, key, value) in &batch.writes {
            let family = self.family(*table)?;
            match value {
                Some(value) => writes.put_cf(family, key, value),
                None => writes.delete_cf(family, key),
            }
        }
        self.db.write_opt(writes, &self.write).map_err(failure)?;
        Ok(true)
    }

    fn bulk_put(&self, table: Table, runs: Vec<Run>) -> Result<(), StoreError> {
        if runs.iter().map(Run::size).sum::<usize>() < INGEST_FROM_BYTES {
            let mut batch = Batch::default();
            for (key, value) in runs.iter().flat_map(Run::iter) {
                batch.put(table, key, value.to_vec());
            }
            return self.commit(batch).map(|_| ());
        }
        let files: Vec<PathBuf> = files_of(&runs)
            .par_iter()
            .map(|runs| self.write_file(table, runs))
            .collect::<Result<_, _>>()?;
        let mut how = IngestExternalFileOptions::default();
        how.set_move_files(true);
        self.db
            .ingest_external_file_cf_opts(self.family(table)?, &how, files)
            .map_err(failure)?;
        empty_staging(&self.staging)
    }

    fn clear(&self, table: Table, range: &KeyRange) -> Result<(), StoreError> {
        let mut writes = WriteBatch::default();
        writes.delete_range_cf(self.family(table)?, &range.start, &range.end);
        self.db.write_opt(writes, &self.write).map_err(failure)
    }

    fn checkpoint(&self, destination: &Path) -> Result<(), StoreError> {
        let checkpoint = Checkpoint::new(&self.db).map_err(failure)?;
        checkpoint.create_checkpoint(destination).map_err(failure)
    }

    fn approximate_size(&self) -> u64 {
        let size = |table: &Table| {
            let family = self.db.cf_handle(table.name())?;
            self.db
                .property_int_value_cf(family, "rocksdb.total-sst-files-size")
                .ok()?
        };
        Table::ALL.iter().filter_map(size).sum()
    }

    fn syncs(&self) -> u64 {
        self.options.get_ticker_count(Ticker::WalFileSynced)
    }

    fn rewrite(&self) -> Result<(), StoreError> {
        let mut how = CompactOptions::default();
        how.set_bottommost_level_compaction(BottommostLevelCompaction::Force);
        for table in Table::ALL {
            let family = self.family(table)?;
            self.db.flush_cf(family).map_err(failure)?;
            self.db
                .compact_range_cf_opt(family, None::<&[u8]>, None::<&[u8]>, &how);
        }
        Ok(())
    }

    fn usage(&self) -> Usage {
        let stopped = self
            .db
            .property_int_value("rocksdb.is-write-stopped")
            .ok()
            .flatten();
        let disk = rustix::fs::statvfs(&self.folder).ok();
        Usage {
            cache_hits: self.options.get_ticker_count(Ticker::BlockCacheHit),
            cache_misses: self.options.get_ticker_count(Ticker::BlockCacheMiss),
            cache_bytes: self.cache.get_usage() as u64,
            log_bytes: log_bytes(&self.folder),
            table_bytes: self.approximate_size(),
            free_bytes: disk.map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize)),
            writes_stopped: stopped.is_some_and(|stopped| stopped != 0),
        }
    }
}

struct RocksView<'a> {
    backend: &'a RocksBackend,
    snapshot: SnapshotWithThreadMode<'a, DB>,
    fills_cache: bool,
}

impl RocksView<'_> {
    fn read_options(&self) -> ReadOptions {
        let mut options = ReadOptions::default();
        options.set_snapshot(&self.snapshot);
        options.fill_cache(self.fills_cache);
        options
    }
}

impl ReadView for RocksView<'_> {
    fn get_many(
        &self,
        table: Table,
        keys: &[&[u8]],
        deadline: Deadline,
        visit: Taker<'_>,
    ) -> Result<(), StoreError> {
        let family = self.backend.family(table)?;
        let options = self.read_options();
        let mut positions: Vec<usize> = (0..keys.len()).collect();
        positions.sort_unstable_by_key(|&position| keys[position]);
        for part in positions.chunks(KEYS_A_READ) {
            deadline.check()?;
            let sorted = part.iter().map(|&position| keys[position]);
            let values = self
                .backend
                .db
                .batched_multi_get_cf_opt(family, sorted, true, &options);
            for (&position, value) in part.iter().zip(values) {
                visit(position, value.map_err(failure)?.as_deref())?;
            }
        }
        Ok(())
    }

    fn scan(
        &self,
        table: Table,
        range: &KeyRange,
        order: Order,
        deadline: Deadline,
        visit: Visitor<'_>,
    ) -> Result<(), StoreError> {
        let mut options = self.read_options();
        options.set_iterate_lower_bound(range.start.clone());
        options.set_iterate_upper_bound(range.end.clone());
        let family = self.backend.family(table)?;
        let mut entries = self.backend.db.raw_iterator_cf_opt(family, options);
        match order {
            Order::Ascending => entries.seek_to_first(),
            Order::Descending => entries.seek_to_last(),
        }
        let mut seen = 0;
        while let Some((key, value)) = entries.item() {
            if seen % ENTRIES_A_CHECK == 0 {
                deadline.check()?;
            }
            seen += 1;
            if visit(key, value)?.is_break() {
                return Ok(());
            }
            match order {
                Order::Ascending => entries.next(),
                Order::Descending => entries.prev(),
            }
        }
        entries.status().map_err(failure)
    }

    /// One iterator for all ranges: making one costs about as much as a short range.
    fn scan_many(
        &self,
        table: Table,
        ranges: &[KeyRange],
        deadline: Deadline,
        visit: RangeVisitor<'_>,
    ) -> Result<(), StoreError> {
        let family = self.backend.family(table)?;
        let mut entries = self
            .backend
            .db
            .raw_iterator_cf_opt(family, self.read_options());
        for (position, range) in ranges.iter().enumerate() {
            deadline.check()?;
            entries.seek(&range.start);
            let mut seen = 0;
            while let Some((key, value)) = entries.item() {
                if key >= range.end.as_slice() {
                    break;
                }
                seen += 1;
                if seen % ENTRIES_A_CHECK == 0 {
                    deadline.check()?;
                }
                if visit(position, key, value)?.is_break() {
                    break;
                }
                entries.next();
            }
            entries.status().map_err(failure)?;
        }
        Ok(())
    }
}

fn database_options() -> Options {
    let mut options = Options::default();
    options.create_if_missing(true);
    options.create_missing_column_families(true);
    options.set_wal_recovery_mode(DBRecoveryMode::TolerateCorruptedTailRecords);
    options.set_track_and_verify_wals_in_manifest(true);
    options.set_max_total_wal_size(256 << 20);
    options.set_wal_bytes_per_sync(0);
    options.set_manual_wal_flush(false);
    options.set_recycle_log_file_num(0);
    options.set_paranoid_checks(true);
    options.set_max_background_jobs(2);
    options.set_max_open_files(1024);
    options.set_keep_log_file_num(4);
    options.enable_statistics();
    options.set_statistics_level(StatsLevel::ExceptHistogramOrTimers);
    options
}

fn table_options(table: Table, cache: &Cache) -> Options {
    let mut blocks = block_options(table);
    blocks.set_block_cache(cache);
    blocks.set_cache_index_and_filter_blocks(true);
    blocks.set_pin_l0_filter_and_index_blocks_in_cache(true);
    let mut options = Options::default();
    options.set_block_based_table_factory(&blocks);
    options.set_compression_type(DBCompressionType::Lz4);
    options.set_level_compaction_dynamic_level_bytes(true);
    options.set_write_buffer_size(64 << 20);
    options.set_max_write_buffer_number(3);
    options
}

fn file_options(table: Table) -> Options {
    let mut options = Options::default();
    options.set_block_based_table_factory(&block_options(table));
    options.set_compression_type(DBCompressionType::Lz4);
    options
}

fn block_options(table: Table) -> BlockBasedOptions {
    let mut blocks = BlockBasedOptions::default();
    blocks.set_block_size(match table {
        Table::Search => SEARCH_BLOCK_BYTES,
        _ => BLOCK_BYTES,
    });
    blocks.set_bloom_filter(10.0, false);
    blocks.set_whole_key_filtering(true);
    blocks.set_format_version(6);
    blocks
}

/// Runs in the order of their keys, put together into files of a good size.
fn files_of(runs: &[Run]) -> Vec<Vec<&Run>> {
    let mut ordered: Vec<&Run> = runs.iter().filter(|run| !run.is_empty()).collect();
    ordered.sort_by_key(|run| run.entry(0).0);
    let mut files: Vec<Vec<&Run>> = Vec::new();
    let mut size = FILE_BYTES;
    for run in ordered {
        if size >= FILE_BYTES {
            files.push(Vec::new());
            size = 0;
        }
        size += run.size();
        if let Some(file) = files.last_mut() {
            file.push(run);
        }
    }
    files
}

/// Bytes of the log in a database's folder. A file that is removed in the meantime counts for nothing.
fn log_bytes(folder: &Path) -> u64 {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let logs = files.filter(|file| file.path().extension().is_some_and(|kind| kind == "log"));
    logs.filter_map(|file| file.metadata().ok())
        .map(|metadata| metadata.len())
        .sum()
}

/// Leaves an empty folder: what a load left behind when it was cut off is of no use.
fn empty_staging(staging: &Path) -> Result<(), StoreError> {
    if staging.exists() {
        std::fs::remove_dir_all(staging)?;
    }
    std::fs::create_dir_all(staging)?;
    Ok(())
}

fn failure(error: rocksdb::Error) -> StoreError {
    match error.kind() {
        ErrorKind::Corruption => StoreError::damaged(error.into_string()),
        _ => StoreError::Storage {
            detail: error.into_string(),
        },
    }
}

fn opening_error(error: &rocksdb::Error, folder: &Path) -> StoreError {
    let text = error.to_string();
    if text.to_lowercase().contains("lock") && error.kind() == ErrorKind::IOError {
        return StoreError::InUse {
            path: folder.parent().unwrap_or(folder).to_owned(),
        };
    }
    match error.kind() {
        ErrorKind::Corruption | ErrorKind::NotFound | ErrorKind::InvalidArgument => {
            StoreError::Damaged {
                detail: format!("the database cannot be opened ({text})"),
                next: "restore a backup with `kinpath restore`",
            }
        }
        _ => StoreError::Storage { detail: text },
    }
}

//! Making, opening and closing a store. On disk: `<data>/db` (RocksDB), `<data>/head` (the anchor), `<data>/format`,
//! `<data>/audit_head` (the same for the record of access), `<data>/staging` (loads under way); the keys in a file outside,
//! by default `<data>.key`. What cannot be trusted is refused with what to do next.

use super::audit::{self, AuditKeys, AuditLog, Chain, anchored};
use super::backend::memory::MemoryBackend;
use super::backend::rocksdb::{Durability, RocksBackend, RocksOptions};
use super::backend::sealed::{SealedBackend, Sealer, seal_all};
use super::backend::{Backend, Batch, Table, Usage, get};
use super::commit::{self, CommitObserver, Submission, Writer};
use super::copy;
use super::error::StoreError;
use super::families::FamilyCache;
use super::head::{HeadAnchor, read_anchor};
use super::kept_beside::KeptBeside;
use super::key_file::{self, Fingerprint, Keys};
use super::keys;
use super::migrations;
use super::public_ids::PublicIds;
use super::rebuild;
use super::records::{State, decode, encode};
use super::transaction::{Committed, Transaction};
use crate::model::ids::Revision;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};
use std::thread::JoinHandle;

/// Tells the time: seconds since 1970-01-01 UTC.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;
/// Draws 128 random bits.
pub type Random = Arc<dyn Fn() -> Result<u128, StoreError> + Send + Sync>;

/// What opening does when something is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum OpenMode {
    /// Refuse.
    #[default]
    Serve,
    /// Open to read, `verify` and `backup`, even if acknowledged commits are missing. Nothing can be committed.
    Inspect,
    /// Go on without missing commits, in a new epoch. Their loss is final.
    AcceptLoss,
}

/// How to open a store.
#[derive(Clone)]
pub struct StoreOptions {
    /// Bytes of the block cache.
    pub cache_bytes: usize,
    pub clock: Clock,
    pub random: Random,
    pub mode: OpenMode,
    pub durability: Durability,
    /// The file with the keys; beside the folder, with the ending `.key`, if not set.
    pub key_file: Option<PathBuf>,
    /// Whether the values of a new or migrated store are sealed.
    pub seal: bool,
}

impl StoreOptions {
    fn key_file(&self, data: &Path) -> Result<PathBuf, StoreError> {
        match &self.key_file {
            Some(path) => Ok(path.clone()),
            None => key_file::beside(data),
        }
    }
}

impl Default for StoreOptions {
    fn default() -> StoreOptions {
        StoreOptions {
            cache_bytes: 512 << 20,
            clock: Arc::new(system_seconds),
            random: Arc::new(system_random),
            mode: OpenMode::default(),
            durability: Durability::default(),
            key_file: None,
            seal: true,
        }
    }
}

/// An open store. Shared between threads by reference; closes when dropped.
pub struct Store {
    pub(super) shared: Arc<Shared>,
    submissions: Option<SyncSender<Submission>>,
    threads: Vec<JoinHandle<()>>,
}

/// Brings the store in a folder to the format of this program. Tells what was done; nothing if it was up to date.
pub fn migrate(data: &Path, options: &StoreOptions) -> Result<Vec<&'static str>, StoreError> {
    migrations::check_format_file(data)?;
    let backend = open_backend(data, options)?;
    let path = options.key_file(data)?;
    let (keys, _) = keep_keys(&backend, &path, options)?;
    if is_sealed(&backend)? {
        let backend = SealedBackend::new(backend, Sealer::of(&keys)?);
        let done = migrations::migrate(&backend)?;
        migrations::write_format_file(data)?;
        return Ok(done);
    }
    let mut done = migrations::migrate(&backend)?;
    if options.seal {
        mark_sealed(&backend, UNDER_WAY)?;
        seal_all(&backend, &Sealer::of(&keys)?)?;
        mark_sealed(&backend, DONE)?;
        backend.rewrite()?;
        done.push("every value is sealed with the keys: without their file nothing can be read");
    }
    migrations::write_format_file(data)?;
    Ok(done)
}

/// What the committer and the readers use together.
pub struct Shared {
    /// Nothing for a store in memory.
    pub data: Option<PathBuf>,
    pub backend: Box<dyn Backend>,
    pub public_ids: PublicIds,
    pub clock: Clock,
    pub families: Arc<FamilyCache>,
    pub kept: KeptBeside,
    pub commits: AtomicU64,
    pub groups: AtomicU64,
    /// A whole store is being taken in: nothing can be read.
    pub is_filling: AtomicBool,
    /// Children are being matched anew.
    pub rematching: AtomicBool,
    /// The last commit.
    pub latest: Mutex<Revision>,
    /// The last batch could not be written.
    pub failing: AtomicBool,
    pub observer: OnceLock<CommitObserver>,
    pub audit: AuditLog,
    /// The file with the keys, and whether it was made at this opening; nothing for a store in memory.
    pub key_file: Option<(PathBuf, bool)>,
    writer: Mutex<Writer>,
}

impl Shared {
    /// The last commit.
    pub fn latest(&self) -> MutexGuard<'_, Revision> {
        self.latest
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Waits until nobody else writes.
    pub fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// How much was committed since opening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counters {
    /// Transactions committed.
    pub commits: u64,
    /// Batches written, each of one or more transactions.
    pub groups: u64,
    /// How often the log was synced to disk, as the backend counts it.
    pub syncs: u64,
}

const QUEUE: usize = 1024;

impl Store {
    /// Makes a store in a folder that is empty or not there yet.
    pub fn create(data: &Path, options: &StoreOptions) -> Result<Store, StoreError> {
        std::fs::create_dir_all(data)?;
        if std::fs::read_dir(data)?.next().is_some() {
            return Err(StoreError::NotEmpty {
                path: data.to_owned(),
            });
        }
        let backend = open_backend(data, options)?;
        let path = options.key_file(data)?;
        let (keys, made) = keep_keys(&backend, &path, options)?;
        if options.seal {
            mark_sealed(&backend, DONE)?;
        }
        let backend = layered(backend, &keys)?;
        initialize(&*backend, options)?;
        migrations::write_format_file(data)?;
        HeadAnchor::open(&data.join("head"))?.note(Revision::default())?;
        HeadAnchor::open(&data.join(AUDIT_ANCHOR))?.note(Revision::default())?;
        Store::start(backend, Some((data, path, made)), &keys, options)
    }

    /// Opens the store in a folder.
    pub fn open(data: &Path, options: &StoreOptions) -> Result<Store, StoreError> {
        migrations::check_format_file(data)?;
        let backend = open_backend(data, options)?;
        migrations::check_format(&backend)?;
        let path = options.key_file(data)?;
        let keys = key_file::read(&path)?;
        key_file::check(&path, &keys, &stored_fingerprints(&backend)?)?;
        let backend = layered(backend, &keys)?;
        Store::start(backend, Some((data, path, false)), &keys, options)
    }

    /// Opens the store in a folder, making it if the folder is empty or not there.
    pub fn open_or_create(data: &Path, options: &StoreOptions) -> Result<Store, StoreError> {
        match Store::open(data, options) {
            Err(StoreError::NoStore { .. }) => Store::create(data, options),
            opened => opened,
        }
    }

    /// A store that is gone when it is dropped.
    pub fn in_memory(options: &StoreOptions) -> Result<Store, StoreError> {
        let backend = MemoryBackend::default();
        initialize(&backend, options)?;
        let keys = Keys::random(&options.random)?;
        Store::start(Box::new(backend), None, &keys, options)
    }

    fn start(
        backend: Box<dyn Backend>,
        place: Option<(&Path, PathBuf, bool)>,
        keys: &Keys,
        options: &StoreOptions,
    ) -> Result<Store, StoreError> {
        let data = place.as_ref().map(|(data, _, _)| *data);
        let mut state = stored_state(&*backend)?;
        let anchor = match data {
            Some(data) if options.mode != OpenMode::Inspect => {
                Some(open_anchor(data, &*backend, &mut state, options.mode)?)
            }
            _ => None,
        };
        let chain = Chain::read(&*backend.snapshot())?;
        let audit_anchor = match data {
            Some(data) if options.mode != OpenMode::Inspect => {
                Some(open_audit_anchor(data, &chain, options.mode)?)
            }
            _ => None,
        };
        let shared = Arc::new(Shared {
            audit: AuditLog::new(AuditKeys::of(keys)?, chain, audit_anchor),
            key_file: place.as_ref().map(|(_, path, made)| (path.clone(), *made)),
            data: data.map(Path::to_owned),
            public_ids: PublicIds::new(public_id_key(&*backend)?, options.random.clone()),
            backend,
            clock: options.clock.clone(),
            families: Arc::default(),
            kept: KeptBeside::default(),
            commits: AtomicU64::new(0),
            groups: AtomicU64::new(0),
            is_filling: AtomicBool::new(false),
            rematching: AtomicBool::new(false),
            latest: Mutex::new(state.head),
            failing: AtomicBool::new(false),
            observer: OnceLock::new(),
            writer: Mutex::new(Writer { state, anchor }),
        });
        if options.mode == OpenMode::Inspect {
            return Ok(Store {
                shared,
                submissions: None,
                threads: Vec::new(),
            });
        }
        copy::clear_strays(&*shared.backend, &shared.writer().state)?;
        rebuild::finish_if_cut_off(&shared)?;
        let (submissions, queue) = sync_channel(QUEUE);
        let committing = shared.clone();
        let committer = std::thread::Builder::new()
            .name("committer".to_owned())
            .spawn(move || commit::run(&committing, &queue))?;
        let recording = shared.clone();
        let recorder = std::thread::Builder::new()
            .name("recorder".to_owned())
            .spawn(move || audit::run(&recording))?;
        Ok(Store {
            shared,
            submissions: Some(submissions),
            threads: vec![committer, recorder],
        })
    }

    /// Commits a transaction together with others that come at the same time, and waits until it is on disk.
    pub fn commit(&self, transaction: Transaction) -> Result<Committed, StoreError> {
        let (reply, answer) = sync_channel(1);
        let submission = Submission { transaction, reply };
        let queue = self.submissions.as_ref().ok_or(StoreError::Closed)?;
        queue.send(submission).map_err(|_| StoreError::Closed)?;
        answer.recv().map_err(|_| StoreError::Closed)?
    }

    /// How much was committed since opening.
    pub fn counters(&self) -> Counters {
        Counters {
            commits: self.shared.commits.load(Ordering::Relaxed),
            groups: self.shared.groups.load(Ordering::Relaxed),
            syncs: self.shared.backend.syncs(),
        }
    }

    /// The format of what is stored.
    pub fn format(&self) -> u32 {
        migrations::FORMAT
    }

    /// How many bytes are free where the store is; nothing for a store in memory, or if the system does not tell.
    pub fn free_bytes(&self) -> Option<u64> {
        let about = rustix::fs::statvfs(self.data_folder()?).ok()?;
        Some(about.f_bavail.saturating_mul(about.f_frsize))
    }

    /// The folder of the store; nothing for one in memory.
    pub fn data_folder(&self) -> Option<&Path> {
        self.shared.data.as_deref()
    }

    /// The file with the store's keys; nothing for a store in memory.
    pub fn key_file(&self) -> Option<&Path> {
        self.shared
            .key_file
            .as_ref()
            .map(|(path, _)| path.as_path())
    }

    /// Whether that file was made when this store was.
    pub fn has_made_keys(&self) -> bool {
        (self.shared.key_file.as_ref()).is_some_and(|(_, made)| *made)
    }

    /// Whether the store is open for looking only.
    pub(super) fn is_inspected(&self) -> bool {
        self.submissions.is_none()
    }

    /// The revision of the last commit, without reading.
    pub fn latest(&self) -> Revision {
        *self.shared.latest()
    }

    /// Has somebody told of every batch from now on. Only the first one is.
    pub fn observe_commits(&self, observer: CommitObserver) {
        let _ = self.shared.observer.set(observer);
    }

    /// What the store takes of memory and disk.
    pub fn usage(&self) -> Usage {
        self.shared.backend.usage()
    }

    /// Whether writes fail at present, while reads may go on: the disk is full or broken.
    pub fn is_read_only(&self) -> bool {
        self.submissions.is_none()
            || self.shared.failing.load(Ordering::Relaxed)
            || self.usage().writes_stopped
    }

    /// About how many bytes are stored.
    pub fn approximate_size(&self) -> u64 {
        self.shared.backend.approximate_size()
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.submissions = None;
        self.shared.audit.close();
        for thread in self.threads.drain(..) {
            // One that panicked has told so already; there is nobody left to tell.
            let _ = thread.join();
        }
    }
}

pub(super) fn open_backend(
    data: &Path,
    options: &StoreOptions,
) -> Result<RocksBackend, StoreError> {
    let rocks = RocksOptions {
        cache_bytes: options.cache_bytes,
        durability: options.durability,
    };
    RocksBackend::open(&data.join("db"), &data.join("staging"), &rocks)
}

fn initialize(backend: &dyn Backend, options: &StoreOptions) -> Result<(), StoreError> {
    let state = State {
        head: Revision {
            epoch: 1,
            sequence: 0,
        },
        committed_at: 0,
        audit_hash: [0; 32],
        next_subject: 1,
        next_statement: 1,
        next_source: 1,
        families: Revision::default(),
    };
    let mut key = [0; 32];
    key[..16].copy_from_slice(&(options.random)()?.to_be_bytes());
    key[16..].copy_from_slice(&(options.random)()?.to_be_bytes());
    let mut batch = Batch::default();
    batch.put(Table::Meta, keys::STATE, encode(&state)?);
    batch.put(Table::Meta, keys::PUBLIC_ID_KEY, encode(&key)?);
    batch.put(Table::Meta, keys::FORMAT, encode(&migrations::FORMAT)?);
    backend.commit(batch)?;
    Ok(())
}

/// How the marker of a sealed store reads.
const DONE: &[u8] = b"done";
/// How it reads while an older store is being sealed.
const UNDER_WAY: &[u8] = b"under way";

fn mark_sealed(backend: &dyn Backend, how: &[u8]) -> Result<(), StoreError> {
    let mut batch = Batch::default();
    batch.put(Table::Meta, keys::SEALED, how.to_vec());
    backend.commit(batch)?;
    Ok(())
}

fn is_sealed(backend: &dyn Backend) -> Result<bool, StoreError> {
    let marker = get(&*backend.snapshot(), Table::Meta, keys::SEALED)?;
    Ok(marker.as_deref() == Some(DONE))
}

/// The backend with the layer that opens its values, if they are sealed.
fn layered(backend: RocksBackend, keys: &Keys) -> Result<Box<dyn Backend>, StoreError> {
    let marker = get(&*backend.snapshot(), Table::Meta, keys::SEALED)?;
    match marker.as_deref() {
        None => Ok(Box::new(backend)),
        Some(DONE) => {
            let sealer = Sealer::of(keys)?;
            Ok(Box::new(SealedBackend::new(backend, sealer)))
        }
        Some(_) => Err(StoreError::UnknownFormat {
            found: format!("{}, half sealed", migrations::FORMAT),
            known: migrations::FORMAT,
            next: "run `kinpath migrate` again: it was cut off",
        }),
    }
}

/// The file that names the last acknowledged entry of the record.
pub(super) const AUDIT_ANCHOR: &str = "audit_head";

/// Reads the keys or makes them, and keeps their fingerprints where there are none yet.
fn keep_keys(
    backend: &dyn Backend,
    path: &Path,
    options: &StoreOptions,
) -> Result<(Keys, bool), StoreError> {
    let (keys, made) = key_file::read_or_make(path, &options.random)?;
    let stored = stored_fingerprints(backend)?;
    key_file::check(path, &keys, &stored)?;
    if stored.is_empty() {
        let mut batch = Batch::default();
        let fingerprints = encode(&keys.fingerprints())?;
        batch.put(Table::Meta, keys::FINGERPRINTS, fingerprints);
        backend.commit(batch)?;
    }
    Ok((keys, made))
}

fn stored_fingerprints(backend: &dyn Backend) -> Result<Vec<Fingerprint>, StoreError> {
    match get(&*backend.snapshot(), Table::Meta, keys::FINGERPRINTS)? {
        Some(value) => decode(&value),
        None => Ok(Vec::new()),
    }
}

/// Compares the record with the file that names its end, as with commits.
fn open_audit_anchor(data: &Path, chain: &Chain, mode: OpenMode) -> Result<HeadAnchor, StoreError> {
    let path = data.join(AUDIT_ANCHOR);
    let (present, damaged) = (anchored(chain), mode == OpenMode::Serve);
    match read_anchor(&path) {
        Ok(acknowledged) if damaged => {
            let acknowledged = acknowledged.unwrap_or_default();
            if acknowledged.sequence > present.sequence {
                return Err(StoreError::LostEntries {
                    acknowledged: acknowledged.sequence,
                    present: present.sequence + 1,
                });
            }
        }
        Err(error) if damaged => return Err(error),
        _ => {}
    }
    let mut anchor = HeadAnchor::open(&path)?;
    anchor.note(present)?;
    Ok(anchor)
}

pub(super) fn stored_state(backend: &dyn Backend) -> Result<State, StoreError> {
    let value =
        get(&*backend.snapshot(), Table::Meta, keys::STATE)?.ok_or(StoreError::Damaged {
            detail: "the store's counters are missing".to_owned(),
            next: "restore a backup with `kinpath restore`",
        })?;
    decode(&value)
}

fn public_id_key(backend: &dyn Backend) -> Result<[u8; 32], StoreError> {
    let value = get(&*backend.snapshot(), Table::Meta, keys::PUBLIC_ID_KEY)?
        .ok_or_else(|| StoreError::damaged("the key of public ids is missing"))?;
    decode(&value)
}

/// Compares the database with the anchor. A database that is ahead lost only the anchor's last writes.
fn open_anchor(
    data: &Path,
    backend: &dyn Backend,
    state: &mut State,
    mode: OpenMode,
) -> Result<HeadAnchor, StoreError> {
    let path = data.join("head");
    let lost = match read_anchor(&path) {
        Ok(Some(acknowledged)) => acknowledged.sequence > state.head.sequence,
        Ok(None) => true,
        Err(error) if mode == OpenMode::Serve => return Err(error),
        Err(_) => true,
    };
    match mode {
        OpenMode::Serve if lost => {
            return Err(match read_anchor(&path)? {
                Some(acknowledged) => StoreError::LostCommits {
                    acknowledged: acknowledged.sequence,
                    present: state.head.sequence + 1,
                },
                None => StoreError::Damaged {
                    detail: format!("the file {} is missing", path.display()),
                    next: "run `kinpath verify --accept-loss`: it checks the store and writes the file anew",
                },
            });
        }
        OpenMode::AcceptLoss if lost => {
            state.head.epoch += 1;
            let mut batch = Batch::default();
            batch.put(Table::Meta, keys::STATE, encode(state)?);
            backend.commit(batch)?;
        }
        _ => {}
    }
    let mut anchor = HeadAnchor::open(&path)?;
    anchor.note(state.head)?;
    Ok(anchor)
}

fn system_seconds() -> i64 {
    let now = std::time::SystemTime::now();
    now.duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| {
            i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
        })
}

fn system_random() -> Result<u128, StoreError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| StoreError::Storage {
        detail: format!("the system gives no random bytes ({error})"),
    })?;
    Ok(u128::from_be_bytes(bytes))
}

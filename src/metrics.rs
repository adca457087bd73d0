//! What the server counts, in the text format of Prometheus. Labels are names of methods, codes and lanes, never ids.

use crate::offload::{Lane, Offload};
use crate::store::{CommittedGroup, Store};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

type ByMethod = [(&'static str, &'static str); 1];
type ByCode = [(&'static str, String); 2];
type ByLane = [(&'static str, &'static str); 1];
type Seconds = Gauge<f64, AtomicU64>;

/// The counters of one server.
pub struct Metrics {
    registry: Registry,
    answered: Family<ByCode, Counter>,
    seconds: Family<ByMethod, Histogram, fn() -> Histogram>,
    lanes: Lanes,
    connections: Gauge,
    refused: Counter,
    unread: Counter,
    sync: Histogram,
    group: Histogram,
    storage: Storage,
}

/// What is told of the lanes.
#[derive(Default)]
struct Lanes {
    running: Family<ByLane, Gauge>,
    waiting: Family<ByLane, Gauge>,
    oldest: Family<ByLane, Seconds>,
    shed: Family<ByLane, Counter>,
}

/// What is told of the store. All of it is read when somebody asks.
#[derive(Default)]
struct Storage {
    commits: Counter,
    groups: Counter,
    syncs: Counter,
    cache_hits: Counter,
    cache_misses: Counter,
    cache_bytes: Gauge,
    log_bytes: Gauge,
    table_bytes: Gauge,
    free_bytes: Gauge,
    read_only: Gauge,
}

/// From half a millisecond to sixteen seconds.
fn seconds() -> Histogram {
    Histogram::new(exponential_buckets(0.0005, 2.0, 16))
}

/// From a tenth of a millisecond to some three seconds.
fn sync_seconds() -> Histogram {
    Histogram::new(exponential_buckets(0.0001, 2.0, 16))
}

/// From one to 256.
fn group_size() -> Histogram {
    Histogram::new(exponential_buckets(1.0, 2.0, 9))
}

impl Default for Metrics {
    fn default() -> Metrics {
        let mut registry = Registry::with_prefix("kinpath");
        let answered = Family::default();
        let by_method: fn() -> Histogram = seconds;
        let seconds = Family::new_with_constructor(by_method);
        let (connections, refused, unread) =
            (Gauge::default(), Counter::default(), Counter::default());
        let (sync, group) = (sync_seconds(), group_size());
        registry.register(
            "requests",
            "Requests answered, by method and code; those turned away before they were read are in shed alone",
            answered.clone(),
        );
        registry.register(
            "request_seconds",
            "Time from request to answer, by method",
            seconds.clone(),
        );
        registry.register("connections", "Connections open", connections.clone());
        registry.register(
            "connections_refused",
            "Connections closed because there were too many",
            refused.clone(),
        );
        registry.register(
            "answers_unread",
            "Answers dropped because nobody read them",
            unread.clone(),
        );
        registry.register(
            "commit_sync_seconds",
            "Time to write one batch of commits to the log and sync it to disk",
            sync.clone(),
        );
        registry.register(
            "commit_group_size",
            "Transactions in one batch",
            group.clone(),
        );
        Metrics {
            lanes: Lanes::registered(&mut registry),
            storage: Storage::registered(&mut registry),
            registry,
            answered,
            seconds,
            connections,
            refused,
            unread,
            sync,
            group,
        }
    }
}

impl Lanes {
    fn registered(registry: &mut Registry) -> Lanes {
        let lanes = Lanes::default();
        registry.register(
            "running",
            "Requests worked on, by lane",
            lanes.running.clone(),
        );
        registry.register(
            "waiting",
            "Requests that wait for a worker, by lane",
            lanes.waiting.clone(),
        );
        registry.register(
            "oldest_wait_seconds",
            "How long the first of those that wait has waited, by lane",
            lanes.oldest.clone(),
        );
        registry.register("shed", "Requests turned away, by lane", lanes.shed.clone());
        lanes
    }

    fn read(&self, offload: &Offload) {
        for (lane, name) in [(Lane::Reads, "reads"), (Lane::Writes, "writes")] {
            let (load, label) = (offload.load(lane), [("lane", name)]);
            self.running.get_or_create(&label).set(number(load.running));
            self.waiting.get_or_create(&label).set(number(load.waiting));
            let oldest = load.oldest.as_secs_f64();
            self.oldest.get_or_create(&label).set(oldest);
            set(&self.shed.get_or_create(&label), load.shed);
        }
    }
}

impl Storage {
    fn registered(registry: &mut Registry) -> Storage {
        let storage = Storage::default();
        for (name, help, counter) in [
            ("commits", "Transactions committed", &storage.commits),
            ("commit_groups", "Batches committed", &storage.groups),
            ("log_syncs", "Syncs of the log to disk", &storage.syncs),
            (
                "cache_hits",
                "Blocks that reads found in memory",
                &storage.cache_hits,
            ),
            (
                "cache_misses",
                "Blocks that reads took from disk",
                &storage.cache_misses,
            ),
        ] {
            registry.register(name, help, counter.clone());
        }
        for (name, help, gauge) in [
            ("cache_bytes", "Blocks kept in memory", &storage.cache_bytes),
            (
                "storage_log_bytes",
                "The log on disk: what is not in tables yet",
                &storage.log_bytes,
            ),
            (
                "storage_table_bytes",
                "The tables on disk",
                &storage.table_bytes,
            ),
            (
                "storage_free_bytes",
                "What is left on the disk",
                &storage.free_bytes,
            ),
            (
                "storage_read_only",
                "1 while writes fail, as on a full disk",
                &storage.read_only,
            ),
        ] {
            registry.register(name, help, gauge.clone());
        }
        storage
    }

    fn read(&self, store: &Store) {
        let (counters, usage) = (store.counters(), store.usage());
        set(&self.commits, counters.commits);
        set(&self.groups, counters.groups);
        set(&self.syncs, counters.syncs);
        set(&self.cache_hits, usage.cache_hits);
        set(&self.cache_misses, usage.cache_misses);
        self.cache_bytes.set(number(usage.cache_bytes));
        self.log_bytes.set(number(usage.log_bytes));
        self.table_bytes.set(number(usage.table_bytes));
        self.free_bytes.set(usage.free_bytes.map_or(-1, number));
        self.read_only.set(i64::from(store.is_read_only()));
    }
}

fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// Moves a counter to what was counted elsewhere.
fn set(counter: &Counter, value: u64) {
    counter.inner().store(value, Ordering::Relaxed);
}

impl Metrics {
    /// Counts one answer.
    pub fn answered(&self, method: &'static str, code: String, took: Duration) {
        let labels = [("method", method.to_owned()), ("code", code)];
        self.answered.get_or_create(&labels).inc();
        let by_method = self.seconds.get_or_create(&[("method", method)]);
        by_method.observe(took.as_secs_f64());
    }

    /// Counts connections that open (or close, below nought).
    pub fn connections(&self, more: i64) {
        self.connections.inc_by(more);
    }

    /// Counts a connection on top of those allowed.
    pub fn connection_refused(&self) {
        self.refused.inc();
    }

    /// Counts answers that nobody read.
    pub fn unread(&self, answers: usize) {
        self.unread.inc_by(answers as u64);
    }

    /// Counts one batch of commits.
    pub fn committed(&self, group: CommittedGroup) {
        self.sync.observe(group.took.as_secs_f64());
        if group.commits > 0 {
            self.group.observe(group.commits as f64);
        }
    }

    /// Everything counted so far, as text.
    pub fn text(&self, store: &Store, offload: &Offload) -> String {
        self.lanes.read(offload);
        self.storage.read(store);
        let mut text = String::new();
        // Writing to a text cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{StoreOptions, Transaction};
    use std::sync::Arc;

    #[test]
    fn what_was_counted_is_told() {
        let metrics = Arc::new(Metrics::default());
        metrics.answered("GetPerson", "Ok".to_owned(), Duration::from_millis(3));
        let folder = tempfile::tempdir().expect("a folder");
        let options = StoreOptions::default();
        let store = Store::create(&folder.path().join("store"), &options).expect("a store");
        let told = Arc::clone(&metrics);
        store.observe_commits(Box::new(move |group| told.committed(group)));
        let mut transaction = Transaction::new("test", "make");
        transaction.add_subject(crate::model::ids::SubjectKind::Person, None);
        store.commit(transaction).expect("committed");
        let text = metrics.text(&store, &Offload::new(1, 1));
        for line in [
            "kinpath_requests_total{method=\"GetPerson\",code=\"Ok\"} 1",
            "kinpath_request_seconds_count{method=\"GetPerson\"} 1",
            "kinpath_running{lane=\"reads\"} 0",
            "kinpath_oldest_wait_seconds{lane=\"writes\"} 0",
            "kinpath_shed_total{lane=\"reads\"} 0",
            "kinpath_commits_total 1",
            "kinpath_commit_sync_seconds_count 1",
            "kinpath_commit_group_size_bucket{le=\"1.0\"} 1",
            "kinpath_storage_read_only 0",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
        let value = |name: &str| {
            let line = text.lines().find(|line| line.starts_with(name));
            let value = line.and_then(|line| line.rsplit(' ').next()?.parse::<f64>().ok());
            value.unwrap_or_else(|| panic!("{name} is told\n{text}"))
        };
        for at_least_one in [
            "kinpath_log_syncs_total ",
            "kinpath_cache_bytes ",
            "kinpath_storage_log_bytes ",
            "kinpath_storage_free_bytes ",
        ] {
            assert!(value(at_least_one) >= 1.0, "{at_least_one}");
        }
    }
}

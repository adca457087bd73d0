//! What the server counts, in the text format of Prometheus. Labels are names of methods and codes, never ids.

use crate::offload::{Lane, Offload};
use crate::store::Store;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;
use std::time::Duration;

type ByMethod = [(&'static str, &'static str); 1];
type ByCode = [(&'static str, String); 2];

/// The counters of one server.
pub struct Metrics {
    registry: Registry,
    answered: Family<ByCode, Counter>,
    seconds: Family<ByMethod, Histogram, fn() -> Histogram>,
    running: Gauge,
    waiting: Gauge,
    shed: Gauge,
    commits: Gauge,
    groups: Gauge,
    syncs: Gauge,
    bytes: Gauge,
    connections: Gauge,
    refused: Counter,
    unread: Counter,
}

/// From half a millisecond to sixteen seconds.
fn seconds() -> Histogram {
    Histogram::new(exponential_buckets(0.0005, 2.0, 16))
}

impl Default for Metrics {
    fn default() -> Metrics {
        let mut metrics = Metrics {
            registry: Registry::with_prefix("kinpath"),
            answered: Family::default(),
            seconds: Family::new_with_constructor(seconds),
            running: Gauge::default(),
            waiting: Gauge::default(),
            shed: Gauge::default(),
            commits: Gauge::default(),
            groups: Gauge::default(),
            syncs: Gauge::default(),
            bytes: Gauge::default(),
            connections: Gauge::default(),
            refused: Counter::default(),
            unread: Counter::default(),
        };
        let registry = &mut metrics.registry;
        registry.register(
            "requests",
            "Requests answered, by method and code",
            metrics.answered.clone(),
        );
        registry.register(
            "request_seconds",
            "Time from request to answer, by method",
            metrics.seconds.clone(),
        );
        registry.register(
            "connections_refused",
            "Connections closed because there were too many",
            metrics.refused.clone(),
        );
        registry.register(
            "answers_unread",
            "Answers dropped because nobody read them",
            metrics.unread.clone(),
        );
        for (name, help, gauge) in [
            ("connections", "Connections open", &metrics.connections),
            ("running", "Requests being worked on", &metrics.running),
            ("waiting", "Requests waiting for a worker", &metrics.waiting),
            (
                "shed",
                "Requests turned away since the start",
                &metrics.shed,
            ),
            (
                "commits",
                "Transactions committed since the start",
                &metrics.commits,
            ),
            (
                "commit_groups",
                "Batches committed since the start",
                &metrics.groups,
            ),
            (
                "log_syncs",
                "Syncs of the log to disk since the start",
                &metrics.syncs,
            ),
            ("store_bytes", "About how much is stored", &metrics.bytes),
        ] {
            registry.register(name, help, gauge.clone());
        }
        metrics
    }
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

    /// Everything counted so far, as text.
    pub fn text(&self, store: &Store, offload: &Offload) -> String {
        let load = offload.load(Lane::Reads);
        let counters = store.counters();
        let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        self.running.set(number(load.running));
        self.waiting.set(number(load.waiting));
        self.shed.set(number(load.shed));
        self.commits.set(number(counters.commits));
        self.groups.set(number(counters.groups));
        self.syncs.set(number(counters.syncs));
        self.bytes.set(number(store.approximate_size()));
        let mut text = String::new();
        // Writing to a text cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StoreOptions;

    #[test]
    fn what_was_counted_is_told() {
        let metrics = Metrics::default();
        metrics.answered("GetPerson", "Ok".to_owned(), Duration::from_millis(3));
        let store = Store::in_memory(&StoreOptions::default()).expect("a store");
        let text = metrics.text(&store, &Offload::new(1, 1));
        for line in [
            "kinpath_requests_total{method=\"GetPerson\",code=\"Ok\"} 1",
            "kinpath_request_seconds_count{method=\"GetPerson\"} 1",
            "kinpath_running 0",
            "kinpath_commits 0",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
    }
}

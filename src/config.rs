//! The server's settings, from a file, the environment and flags, checked once. Flags win over the environment, which
//! wins over the file, which wins over the defaults. Names that nobody knows are errors.

use crate::api::{Nightly, RematchLimits};
use crate::error::Error;
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Every setting of the server, each with a value that can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerSettings {
    /// Where the server listens. Port 0 takes a free one.
    pub address: SocketAddr,
    /// Where `/metrics`, `/livez` and `/readyz` are served, on this machine only; nowhere if not set.
    pub operations_address: Option<SocketAddr>,
    /// The OpenTelemetry collector to which a span of each request is sent; nowhere if not set.
    pub traces_collector: Option<String>,
    /// Workflows that run at once.
    pub workers: usize,
    /// Requests that may wait for a worker; what comes on top is turned away.
    pub queue: usize,
    /// How long a request may have to wait for a worker before those behind it are turned away.
    pub longest_wait: Duration,
    /// The longest that one request may take.
    pub deadline: Duration,
    /// How long the requests that run may take to end after the server was told to stop.
    pub drain: Duration,
    /// The largest request, in bytes.
    pub message_bytes: usize,
    /// Connections at the same time; what comes on top is told so and closed.
    pub connections: usize,
    /// How long a client may take for its greeting, and between the parts of one request.
    pub handshake: Duration,
    /// Requests at the same time on all connections, until their answers are read.
    pub requests: usize,
    /// How long an answer may be left unread.
    pub slowest_reader: Duration,
    /// Requests at the same time on one connection.
    pub streams_per_connection: u32,
    /// Watches at the same time.
    pub watches: usize,
    /// How often at least a watch sends something.
    pub heartbeat: Duration,
    /// How long a watcher may leave messages untaken.
    pub slowest_watcher: Duration,
    /// Bytes that may be kept for imports and exports under way.
    pub exchange_bytes: u64,
    /// How long an import or export is kept after its last change.
    pub exchange_keep: Duration,
    /// Where backups may be made; nowhere if not set.
    pub backup_folder: Option<PathBuf>,
    /// The file outside the store to which signed heads of the record of access are added; nowhere if not set.
    pub audit_heads: Option<PathBuf>,
    /// How children are matched anew.
    pub rematch: RematchLimits,
    /// When they are each night; only when asked if not set.
    pub nightly: Option<Nightly>,
    /// How often a silent connection is asked whether it still lives, and how long it may take to answer.
    pub keepalive: (Duration, Duration),
    /// After how long a connection is asked to come anew.
    pub connection_age: Duration,
    /// From which web pages browsers may call, as in `https://cases.example.org`.
    pub web_origins: Vec<String>,
}

/// What one source of settings says; what it leaves out is left to the next.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// `host:port`, with the host as a number.
    pub address: Option<String>,
    /// Must be true for an address that other machines can reach.
    pub open_to_other_machines: Option<bool>,
    /// `host:port` of `/metrics`, `/livez` and `/readyz`, on this machine.
    pub operations_address: Option<String>,
    /// The collector for traces, as in `http://127.0.0.1:4317` (OTLP over gRPC).
    pub traces_collector: Option<String>,
    /// Workflows at once.
    pub workers: Option<usize>,
    /// Requests that may wait.
    pub queue: Option<usize>,
    /// Milliseconds that a request may have to wait for a worker.
    pub longest_wait_milliseconds: Option<u64>,
    /// Seconds for one request.
    pub deadline_seconds: Option<u64>,
    /// Seconds for the drain.
    pub drain_seconds: Option<u64>,
    /// Bytes of one request.
    pub message_bytes: Option<usize>,
    /// Connections at the same time.
    pub connections: Option<usize>,
    /// Seconds for a client's greeting, and between the parts of one request.
    pub handshake_seconds: Option<u64>,
    /// Requests at the same time on all connections.
    pub requests: Option<usize>,
    /// Seconds that an answer may be left unread.
    pub slowest_reader_seconds: Option<u64>,
    /// Requests at the same time on one connection.
    pub streams_per_connection: Option<u32>,
    /// Watches at the same time.
    pub watches: Option<usize>,
    /// Seconds after which a watch sends something at the latest.
    pub heartbeat_seconds: Option<u64>,
    /// Seconds that a watcher may leave messages untaken.
    pub slowest_watcher_seconds: Option<u64>,
    /// Bytes of imports and exports under way.
    pub exchange_bytes: Option<u64>,
    /// Hours for which an import or export is kept after its last change.
    pub exchange_hours: Option<u64>,
    /// The folder in which backups may be made.
    pub backup_folder: Option<PathBuf>,
    /// The file for signed heads of the record of access.
    pub audit_heads: Option<PathBuf>,
    /// The time of day at which every waiting child is matched anew, as HH:MM.
    pub rematch_at: Option<String>,
    /// The time zone of that time, as in `America/Vancouver`.
    pub rematch_zone: Option<String>,
    /// Processors that a nightly run may take.
    pub rematch_threads: Option<usize>,
    /// Nightly runs that are kept.
    pub rematch_keep: Option<usize>,
    /// Ranks from which on a move within a tier is news.
    pub rematch_ranks_moved: Option<u32>,
    /// Whether the children whom a change can touch are matched again at once, between nights.
    pub rematch_between_nights: Option<bool>,
    /// Seconds after which a silent connection is asked whether it still lives.
    pub keepalive_seconds: Option<u64>,
    /// Seconds that it may take to answer.
    pub keepalive_timeout_seconds: Option<u64>,
    /// Seconds after which a connection is asked to come anew.
    pub connection_age_seconds: Option<u64>,
    /// Web pages from which browsers may call.
    pub web_origins: Option<Vec<String>>,
}

impl Given {
    /// What a TOML file says.
    pub fn read(path: &Path) -> Result<Given, Error> {
        let text = std::fs::read_to_string(path).map_err(|why| {
            Error::invalid(
                "config",
                format!("{} cannot be read: {why}", path.display()),
            )
        })?;
        toml::from_str(&text).map_err(|why| {
            Error::invalid("config", format!("{}: {}", path.display(), why.message()))
        })
    }

    /// These settings, with what they leave out taken from others.
    pub fn or(self, others: Given) -> Given {
        Given {
            address: self.address.or(others.address),
            open_to_other_machines: self
                .open_to_other_machines
                .or(others.open_to_other_machines),
            operations_address: self.operations_address.or(others.operations_address),
            traces_collector: self.traces_collector.or(others.traces_collector),
            workers: self.workers.or(others.workers),
            queue: self.queue.or(others.queue),
            longest_wait_milliseconds: self
                .longest_wait_milliseconds
                .or(others.longest_wait_milliseconds),
            deadline_seconds: self.deadline_seconds.or(others.deadline_seconds),
            drain_seconds: self.drain_seconds.or(others.drain_seconds),
            message_bytes: self.message_bytes.or(others.message_bytes),
            connections: self.connections.or(others.connections),
            handshake_seconds: self.handshake_seconds.or(others.handshake_seconds),
            requests: self.requests.or(others.requests),
            slowest_reader_seconds: self
                .slowest_reader_seconds
                .or(others.slowest_reader_seconds),
            streams_per_connection: self
                .streams_per_connection
                .or(others.streams_per_connection),
            watches: self.watches.or(others.watches),
            heartbeat_seconds: self.heartbeat_seconds.or(others.heartbeat_seconds),
            slowest_watcher_seconds: self
                .slowest_watcher_seconds
                .or(others.slowest_watcher_seconds),
            exchange_bytes: self.exchange_bytes.or(others.exchange_bytes),
            exchange_hours: self.exchange_hours.or(others.exchange_hours),
            backup_folder: self.backup_folder.or(others.backup_folder),
            audit_heads: self.audit_heads.or(others.audit_heads),
            rematch_at: self.rematch_at.or(others.rematch_at),
            rematch_zone: self.rematch_zone.or(others.rematch_zone),
            rematch_threads: self.rematch_threads.or(others.rematch_threads),
            rematch_keep: self.rematch_keep.or(others.rematch_keep),
            rematch_ranks_moved: self.rematch_ranks_moved.or(others.rematch_ranks_moved),
            rematch_between_nights: self
                .rematch_between_nights
                .or(others.rematch_between_nights),
            keepalive_seconds: self.keepalive_seconds.or(others.keepalive_seconds),
            keepalive_timeout_seconds: self
                .keepalive_timeout_seconds
                .or(others.keepalive_timeout_seconds),
            connection_age_seconds: self
                .connection_age_seconds
                .or(others.connection_age_seconds),
            web_origins: self.web_origins.or(others.web_origins),
        }
    }

    /// Checks every value and fills in the defaults.
    pub fn settings(&self) -> Result<ServerSettings, Error> {
        let address = self.address.as_deref().unwrap_or("127.0.0.1:50551");
        let address: SocketAddr = address.parse().map_err(|_| {
            Error::invalid(
                "address",
                "must be an address and a port, as in 127.0.0.1:50551",
            )
        })?;
        if !address.ip().is_loopback() && self.open_to_other_machines != Some(true) {
            return Err(Error::invalid(
                "address",
                format!(
                    "{address} can be reached from other machines, and there is no log-in yet: \
                     if that is meant, add --open-to-other-machines"
                ),
            ));
        }
        let processors = std::thread::available_parallelism().map_or(2, usize::from);
        let workers = between("workers", self.workers.unwrap_or(processors), 1, 1024)?;
        let queue = between("queue", self.queue.unwrap_or(256), 0, 100_000)?;
        let deadline = between(
            "deadline_seconds",
            self.deadline_seconds.unwrap_or(60),
            1,
            3600,
        )?;
        let drain = between("drain_seconds", self.drain_seconds.unwrap_or(30), 0, 3600)?;
        let most = 64 << 20;
        let bytes = between(
            "message_bytes",
            self.message_bytes.unwrap_or(1 << 20),
            1024,
            most,
        )?;
        let streams = self.streams_per_connection.unwrap_or(256);
        let longest_wait = between(
            "longest_wait_milliseconds",
            self.longest_wait_milliseconds.unwrap_or(1000),
            1,
            60_000,
        )?;
        Ok(ServerSettings {
            address,
            operations_address: self
                .operations_address
                .as_deref()
                .map(operations_address)
                .transpose()?,
            traces_collector: self
                .traces_collector
                .as_deref()
                .map(traces_collector)
                .transpose()?,
            workers,
            queue,
            longest_wait: Duration::from_millis(longest_wait),
            deadline: Duration::from_secs(deadline),
            drain: Duration::from_secs(drain),
            message_bytes: bytes,
            connections: between("connections", self.connections.unwrap_or(2000), 1, 50_000)?,
            handshake: seconds("handshake_seconds", self.handshake_seconds, 10, 600)?,
            requests: between("requests", self.requests.unwrap_or(4096), 1, 1_000_000)?,
            slowest_reader: seconds(
                "slowest_reader_seconds",
                self.slowest_reader_seconds,
                30,
                3600,
            )?,
            streams_per_connection: between("streams_per_connection", streams, 1, 10_000)?,
            watches: between("watches", self.watches.unwrap_or(1000), 0, 100_000)?,
            // The protos promise something at least every ten seconds.
            heartbeat: seconds("heartbeat_seconds", self.heartbeat_seconds, 5, 10)?,
            slowest_watcher: seconds(
                "slowest_watcher_seconds",
                self.slowest_watcher_seconds,
                30,
                3600,
            )?,
            exchange_bytes: between(
                "exchange_bytes",
                self.exchange_bytes.unwrap_or(64 << 30),
                1 << 20,
                1 << 50,
            )?,
            exchange_keep: Duration::from_secs(
                3600 * between(
                    "exchange_hours",
                    self.exchange_hours.unwrap_or(24),
                    1,
                    24 * 365,
                )?,
            ),
            rematch: RematchLimits {
                threads: between(
                    "rematch_threads",
                    self.rematch_threads.unwrap_or(workers.div_ceil(2)),
                    1,
                    256,
                )?,
                keep: between("rematch_keep", self.rematch_keep.unwrap_or(400), 2, 10_000)?,
                ranks_moved: between(
                    "rematch_ranks_moved",
                    self.rematch_ranks_moved.unwrap_or(3),
                    1,
                    1000,
                )?,
                between_nights: self.rematch_between_nights.unwrap_or(true),
            },
            nightly: nightly(self.rematch_at.as_deref(), self.rematch_zone.as_deref())?,
            audit_heads: self.audit_heads.clone(),
            backup_folder: self
                .backup_folder
                .as_deref()
                .map(backup_folder)
                .transpose()?,
            keepalive: (
                seconds("keepalive_seconds", self.keepalive_seconds, 30, 3600)?,
                seconds(
                    "keepalive_timeout_seconds",
                    self.keepalive_timeout_seconds,
                    10,
                    600,
                )?,
            ),
            connection_age: seconds(
                "connection_age_seconds",
                self.connection_age_seconds,
                3600,
                7 * 24 * 3600,
            )?,
            web_origins: origins(self.web_origins.as_deref().unwrap_or_default())?,
        })
    }
}

/// An address of this machine: what is counted is for whoever runs it.
fn operations_address(text: &str) -> Result<SocketAddr, Error> {
    let address: Option<SocketAddr> = text.parse().ok();
    address
        .filter(|address| address.ip().is_loopback())
        .ok_or_else(|| {
            Error::invalid(
                "operations_address",
                "must be an address of this machine and a port, as in 127.0.0.1:50552",
            )
        })
}

/// Where a collector of this machine takes spans. One process a machine that passes them on is how collectors are run,
/// and nothing leaves the machine in clear.
fn traces_collector(text: &str) -> Result<String, Error> {
    let authority = text.strip_prefix("http://");
    let address: Option<SocketAddr> = authority.and_then(|authority| authority.parse().ok());
    match address.filter(|address| address.ip().is_loopback()) {
        Some(_) => Ok(text.to_owned()),
        None => Err(Error::invalid(
            "traces_collector",
            "must be http:// with an address of this machine and a port, as in http://127.0.0.1:4317",
        )),
    }
}

/// The time of the nightly run. A zone without a time would never do anything.
fn nightly(at: Option<&str>, zone: Option<&str>) -> Result<Option<Nightly>, Error> {
    match (at, zone) {
        (Some(at), Some(zone)) => Nightly::new(at, zone).map(Some),
        (None, None) => Ok(None),
        (Some(_), None) => Err(Error::invalid(
            "rematch_zone",
            "needed beside rematch_at: the zone of the time, as in \"America/Vancouver\"",
        )),
        (None, Some(_)) => Err(Error::invalid(
            "rematch_at",
            "needed beside rematch_zone: the time of day, as HH:MM",
        )),
    }
}

/// A folder that is there, with its whole path: where the server was started must not matter.
fn backup_folder(path: &Path) -> Result<PathBuf, Error> {
    if path.is_absolute() && path.is_dir() {
        return Ok(path.to_owned());
    }
    let reason = "must be a folder that is there, with its whole path, as in /var/backups/kinpath";
    Err(Error::invalid("backup_folder", reason))
}

/// A time of at least one second.
fn seconds(field: &str, value: Option<u64>, default: u64, most: u64) -> Result<Duration, Error> {
    between(field, value.unwrap_or(default), 1, most).map(Duration::from_secs)
}

/// Origins as browsers send them: a scheme and a host, and no path. All pages at once are not allowed.
fn origins(given: &[String]) -> Result<Vec<String>, Error> {
    for origin in given {
        let host = ["https://", "http://"]
            .iter()
            .find_map(|scheme| origin.strip_prefix(scheme));
        let is_plain = |host: &str| {
            let may_stand = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
            !host.is_empty() && host.chars().all(may_stand)
        };
        if !host.is_some_and(is_plain) {
            return Err(Error::invalid(
                "web_origins",
                "each must be a scheme and a host, as in https://cases.example.org",
            ));
        }
    }
    Ok(given.to_vec())
}

/// The value, if it lies within its limits.
fn between<Number: PartialOrd + Copy + std::fmt::Display>(
    field: &str,
    value: Number,
    least: Number,
    most: Number,
) -> Result<Number, Error> {
    if value < least || value > most {
        return Err(Error::invalid(
            field,
            format!("{value} is not between {least} and {most}"),
        ));
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_unless_it_is_said() {
        let local = Given::default().settings().expect("the defaults are good");
        assert!(local.address.ip().is_loopback());
        let open = Given {
            address: Some("0.0.0.0:50551".to_owned()),
            ..Given::default()
        };
        assert!(open.settings().is_err());
        let said = Given {
            open_to_other_machines: Some(true),
            ..open
        };
        assert!(said.settings().is_ok());
    }

    #[test]
    fn what_cannot_be_used_is_refused() {
        for text in [
            "address = \"here\"",
            "workers = 0",
            "drain_seconds = 99999",
            "web_origins = [\"*\"]",
            "web_origins = [\"https://a.example/path\"]",
            "keepalive_seconds = 0",
            "heartbeat_seconds = 0",
            "heartbeat_seconds = 11",
            "operations_address = \"0.0.0.0:1\"",
            "traces_collector = \"http://collector.example:4317\"",
            "traces_collector = \"127.0.0.1:4317\"",
            "backup_folder = \"here\"",
            "exchange_hours = 0",
            "rematch_at = \"02:30\"",
            "rematch_zone = \"UTC\"",
            "rematch_at = \"2.30\"\nrematch_zone = \"UTC\"",
            "rematch_at = \"02:30\"\nrematch_zone = \"Moon/Base\"",
            "rematch_keep = 1",
        ] {
            let given: Given = toml::from_str(text).expect("known names");
            assert!(given.settings().is_err(), "{text}");
        }
        assert!(toml::from_str::<Given>("adress = \"127.0.0.1:1\"").is_err());
    }

    #[test]
    fn flags_win_over_the_file() {
        let text = "workers = 3\nqueue = 5\nheartbeat_seconds = 2";
        let file: Given = toml::from_str(text).expect("known names");
        let flags = Given {
            workers: Some(7),
            ..Given::default()
        };
        let settings = flags.or(file).settings().expect("good values");
        assert_eq!((settings.workers, settings.queue), (7, 5));
        assert_eq!(settings.heartbeat, Duration::from_secs(2));
    }
}

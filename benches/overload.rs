//! Question: does the server keep doing useful work when far more is asked of it than it can do, and do clients that
//! stall or read slowly harm the others?
//!
//! Held to: at four times the peak rate for a minute at least 90 % of the peak in good answers, 99 of 100 refusals within
//! 50 ms, memory bounded, and within 5 s after it the latency of before; with 200 watchers who read one message a second
//! and 500 stalled connections a p99 of FindFamily of at most 1.5 times that without them, and for each watcher every
//! change once, also when it goes on after a break.
//!
//! The load is FindFamily for children of a sample community. The generator is this process, one thread on the same
//! processors as the server (a process of its own); what it uses is told. Its requests are encoded beforehand, so that it
//! takes little. The peak is measured with the same generator: so many requests under way at all times, more and more of
//! them; the best rate is the peak. It is then held for as long as the overload lasts, before it and after it: a machine may
//! give less over a minute than over three seconds, and the goodput is compared with what it gave over as long a time. The
//! same is told for each second of the server's processors, as the generator shares them. With several turns, holding and
//! overload alternate, which takes out what else the machine does meanwhile. The overload is open: requests are sent at their times whatever comes back, and
//! latency counts from the time at which a request should have been sent. Good is an answer that is whole within a second;
//! every request has that second as its deadline.
//!
//! `cargo bench --bench overload -- [seconds of overload in each turn] [turns]`, by default 60 and 1.

#![allow(
    clippy::panic,
    reason = "a bench that cannot go on has nothing to tell"
)]

#[path = "support/neighbours.rs"]
mod neighbours;
#[path = "support/server.rs"]
mod server;
#[path = "support/mod.rs"]
mod support;
#[path = "support/wire.rs"]
mod wire;

use kinpath::api::v1;
use kinpath::model::ids::{PersonId, Subject};
use kinpath::store::Store;
use neighbours::{Stalled, Watchers, Writer};
use server::Server;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};
use support::percentile;
use wire::{End, Prepared, Wire, wait};

const PEOPLE: u64 = 20_000;
const CHILDREN: usize = 500;
const CONNECTIONS: usize = 4;
const TIMES_THE_PEAK: f64 = 4.0;
/// Of the peak, where latency is looked at.
const LIGHT: f64 = 0.25;
const UNDER_WAY: [usize; 8] = [1, 2, 4, 8, 16, 32, 64, 128];
const STEP: Duration = Duration::from_secs(3);
const IN_TIME: f64 = 1.0;
const WATCHERS: usize = 200;
const STALLED: usize = 500;

fn main() {
    let asked = support::sizes(&[60, 1]);
    let (seconds, turns) = (asked[0], asked.get(1).copied().unwrap_or(1));
    let store = support::imported(&support::community(PEOPLE));
    let folder = support::bench_folder().join(format!("store-{}", std::process::id()));
    let requests = requests(&store, &support::children(&store, CHILDREN));
    drop(store);
    let (config, operations) = config();
    let server = Server::start(&folder, &["--config", &config]);
    let mut load = Generator::new(&server.address, requests);
    println!(
        "{PEOPLE} people, {CHILDREN} children asked about, load {}",
        support::load()
    );

    load.closed(16, STEP);
    let peak = peak(&mut load, &server);
    let before = light(&mut load, "before", peak, 10);
    overload(&mut load, &server, &operations, peak, (seconds, turns));
    after(&mut load, peak, &before);
    neighbours(&mut load, &server, peak);

    drop((load, server));
    let _ = fs::remove_dir_all(folder);
    let _ = fs::remove_file(config);
}

/// Settings with a free port for what is counted. Gives the file and that address.
fn config() -> (String, String) {
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = free.local_addr().expect("an address").to_string();
    let file = support::fresh_folder("overload").with_extension("toml");
    let text = format!("operations_address = \"{address}\"\n");
    fs::write(&file, text).expect("written");
    (file.display().to_string(), address)
}

fn requests(store: &Store, children: &[PersonId]) -> Vec<Prepared> {
    let subjects: Vec<Subject> = children.iter().copied().map(Subject::Person).collect();
    let identities = store.snapshot().expect("a snapshot").identities(&subjects);
    let ids = identities.expect("ids").into_iter().flatten();
    ids.map(|identity| {
        let request = v1::FindFamilyRequest {
            child: format!("people/{}", identity.public_id),
            as_of: support::today().to_string(),
            leads_per_tier: Some(20),
            excluded_page_size: Some(20),
            ..v1::FindFamilyRequest::default()
        };
        let path = "/kinpath.v1.FamilyFindingService/FindFamily";
        Prepared::new(path, &request, "1S")
    })
    .collect()
}

/// Seconds from the intended time to the end, and when that was, from the beginning.
#[derive(Clone, Copy)]
struct Ended {
    at: f64,
    took: f64,
    end: End,
}

/// What a load brought.
#[derive(Default)]
struct Brought {
    ended: Vec<Ended>,
    /// Requests for which no connection had room: they count as asked and not answered.
    unsent: u64,
    seconds: f64,
    generator_cpu: f64,
}

impl Brought {
    fn add(&mut self, other: Brought) {
        self.ended.extend(other.ended);
        self.unsent += other.unsent;
        self.seconds += other.seconds;
        self.generator_cpu += other.generator_cpu;
    }

    fn took(&self, end: End) -> Vec<f64> {
        let those = self.ended.iter().filter(|ended| ended.end == end);
        those.map(|ended| ended.took * 1e3).collect()
    }

    /// Good answers a second that came in time.
    fn goodput(&self) -> f64 {
        let is_good = |ended: &&Ended| ended.end == End::Good && ended.took <= IN_TIME;
        self.ended.iter().filter(is_good).count() as f64 / self.seconds
    }
}

struct Generator {
    wires: Vec<Wire>,
    requests: Vec<Prepared>,
    next: usize,
}

impl Generator {
    fn new(address: &str, requests: Vec<Prepared>) -> Generator {
        Generator {
            wires: (0..CONNECTIONS).map(|_| Wire::connect(address)).collect(),
            requests,
            next: 0,
        }
    }

    /// Sends the next request on the first connection that has room.
    fn send(&mut self, intended: Instant) -> bool {
        self.next += 1;
        let request = &self.requests[self.next % self.requests.len()];
        (0..CONNECTIONS)
            .any(|other| self.wires[(self.next + other) % CONNECTIONS].send(request, intended))
    }

    fn under_way(&self) -> usize {
        self.wires.iter().map(Wire::under_way).sum()
    }

    /// Runs until the time is over, with `due` telling how many more to send now; then waits for the answers.
    fn run(
        &mut self,
        lasting: Duration,
        mut due: impl FnMut(&Generator, Instant) -> Vec<Instant>,
    ) -> Brought {
        const PAUSE: Duration = Duration::from_millis(1);
        const AT_MOST: Duration = Duration::from_secs(10);
        let (cpu, begun) = (support::process_cpu(), Instant::now());
        let (mut ended, mut unsent) = (Vec::new(), 0);
        loop {
            let now = Instant::now();
            let is_over = now >= begun + lasting;
            if is_over && (self.under_way() == 0 || now >= begun + lasting + AT_MOST) {
                break;
            }
            if !is_over {
                for intended in due(self, now) {
                    unsent += u64::from(!self.send(intended));
                }
            }
            for wire in &mut self.wires {
                wire.turn(&mut |intended, end| {
                    let took = intended.elapsed().as_secs_f64();
                    let at = (intended - begun).as_secs_f64();
                    ended.push(Ended { at, took, end });
                });
            }
            wait(&self.wires, PAUSE);
        }
        Brought {
            ended,
            unsent,
            seconds: lasting.as_secs_f64(),
            generator_cpu: support::process_cpu() - cpu,
        }
    }

    /// As many under way at all times.
    fn closed(&mut self, under_way: usize, lasting: Duration) -> Brought {
        self.run(lasting, |generator, now| {
            vec![now; under_way.saturating_sub(generator.under_way())]
        })
    }

    /// As many a second, whatever comes back.
    fn open(&mut self, rate: f64, lasting: Duration) -> Brought {
        let begun = Instant::now();
        let mut sent = 0u64;
        self.run(lasting, |_, now| {
            let due = ((now - begun).as_secs_f64() * rate) as u64;
            let times = (sent..due).map(|nth| begun + Duration::from_secs_f64(nth as f64 / rate));
            sent = due;
            times.collect()
        })
    }
}

/// Good answers a second, and for each second of the server's processor time: the second does not depend on what else
/// the machine does.
#[derive(Clone, Copy, Default)]
struct Peak {
    rate: f64,
    a_cpu_second: f64,
    under_way: usize,
}

fn peak(load: &mut Generator, server: &Server) -> Peak {
    let mut best = Peak::default();
    println!("peak: answers a second with so many requests under way");
    for under_way in UNDER_WAY {
        let cpu = server.process_cpu();
        let brought = load.closed(under_way, STEP);
        let server_cpu = server.process_cpu() - cpu;
        println!(
            "  {under_way:>4}: {:>6.0} a second, p99 {:.1} ms; processors: server {:.2}, generator {:.2}",
            brought.goodput(),
            percentile(&brought.took(End::Good), 99.0),
            server_cpu / brought.seconds,
            brought.generator_cpu / brought.seconds
        );
        if brought.goodput() > best.rate {
            best = Peak {
                rate: brought.goodput(),
                a_cpu_second: brought.goodput() * brought.seconds / server_cpu,
                under_way,
            };
        }
    }
    println!(
        "  the peak is {:.0} a second, {:.0} for a second of the server's processors",
        best.rate, best.a_cpu_second
    );
    best
}

/// A light load. Gives the p99 of each second.
fn light(load: &mut Generator, when: &str, peak: Peak, seconds: u64) -> Vec<f64> {
    let brought = load.open(LIGHT * peak.rate, Duration::from_secs(seconds));
    let good = brought.took(End::Good);
    let each: Vec<f64> = (0..seconds)
        .map(|second| {
            let within = |ended: &&Ended| ended.at as u64 == second;
            let took = brought.ended.iter().filter(within);
            let took: Vec<f64> = took.map(|ended| ended.took * 1e3).collect();
            percentile(&took, 99.0)
        })
        .collect();
    println!(
        "light load {when}: p50 {:.1} ms, p99 {:.1} ms, {} refused",
        percentile(&good, 50.0),
        percentile(&good, 99.0),
        brought.took(End::Refused).len()
    );
    each
}

/// What came in some time, and the processor time that the server took for it.
#[derive(Default)]
struct Spent {
    good: f64,
    seconds: f64,
    server_cpu: f64,
}

impl Spent {
    fn add(&mut self, brought: &Brought, server_cpu: f64) {
        self.good += brought.goodput() * brought.seconds;
        self.seconds += brought.seconds;
        self.server_cpu += server_cpu;
    }

    fn rate(&self) -> f64 {
        self.good / self.seconds
    }

    fn a_cpu_second(&self) -> f64 {
        self.good / self.server_cpu
    }
}

fn overload(
    load: &mut Generator,
    server: &Server,
    operations: &str,
    peak: Peak,
    (seconds, turns): (u64, u64),
) {
    server.forget_peak_memory();
    let lasting = Duration::from_secs(seconds);
    let before = server.memory().0;
    let (mut held, mut spent) = (Spent::default(), Spent::default());
    let mut each_held = Vec::new();
    let mut hold = |load: &mut Generator| {
        let cpu = server.process_cpu();
        let brought = load.closed(peak.under_way, lasting);
        held.add(&brought, server.process_cpu() - cpu);
        each_held.push(format!("{:.0}", brought.goodput()));
    };
    let (mut brought, mut shed) = (Brought::default(), 0.0);
    hold(load);
    for _ in 0..turns {
        let (shed_before, cpu) = (counted(operations, "kinpath_shed"), server.process_cpu());
        let turn = load.open(TIMES_THE_PEAK * peak.rate, lasting);
        spent.add(&turn, server.process_cpu() - cpu);
        shed += counted(operations, "kinpath_shed") - shed_before;
        brought.add(turn);
        hold(load);
    }
    let server_cpu = spent.server_cpu;
    let (good, refused) = (brought.took(End::Good), brought.took(End::Refused));
    let asked = good.len() as u64 + refused.len() as u64 + brought.unsent;
    println!(
        "overload: {:.0} a second for {seconds} s, {turns} turns",
        TIMES_THE_PEAK * peak.rate
    );
    println!(
        "  the peak held   {} a second before and after, each for as long; {:.0} for a second of the server's processors",
        each_held.join(", "),
        held.a_cpu_second()
    );
    println!(
        "  good            {:.0} a second, {:.1} % of that (held to 90); {:.1} % of the peak of {STEP:?}",
        spent.rate(),
        100.0 * spent.rate() / held.rate(),
        100.0 * spent.rate() / peak.rate,
    );
    println!(
        "                  {:.0} for a second of the server's processors, {:.1} % of the peak held",
        spent.a_cpu_second(),
        100.0 * spent.a_cpu_second() / held.a_cpu_second()
    );
    println!(
        "  good took       p50 {:.0} ms, p99 {:.0} ms",
        percentile(&good, 50.0),
        percentile(&good, 99.0)
    );
    println!(
        "  refusals took   p50 {:.1} ms, p99 {:.1} ms (held to 50)",
        percentile(&refused, 50.0),
        percentile(&refused, 99.0)
    );
    println!(
        "  of {asked} asked    {} good, {} refused (the server counts {:.0} turned away), {} without room to send",
        good.len(),
        refused.len(),
        shed,
        brought.unsent
    );
    println!(
        "  processors      server {:.2}, generator {:.2}",
        server_cpu / brought.seconds,
        brought.generator_cpu / brought.seconds
    );
    println!(
        "  memory          {before} MiB before, at most {} MiB",
        server.memory().1
    );
}

fn after(load: &mut Generator, peak: Peak, before: &[f64]) {
    let normal = 2.0 * percentile(before, 50.0).max(1.0);
    let after = light(load, "after", peak, 10);
    let last_slow = after.iter().rposition(|p99| *p99 > normal);
    println!(
        "  normal (p99 of a second below {normal:.1} ms) after {} s (held to 5)",
        last_slow.map_or(0, |second| second + 1)
    );
}

fn neighbours(load: &mut Generator, server: &Server, peak: Peak) {
    let writer = Writer::start(&server.address);
    let measure = |load: &mut Generator, when: &str| {
        let each = light(load, when, peak, 15);
        percentile(&each, 50.0)
    };
    let memory = server.memory().0;
    let without = measure(load, "with writes alone");
    let watchers = Watchers::start(&server.address, WATCHERS);
    let stalled = Stalled::start(&server.address, STALLED, &load.requests[0]);
    let with = [
        measure(load, "with watchers and stalled"),
        measure(load, "with watchers and stalled"),
    ];
    let with = support::median(with);
    let with_memory = server.memory().0;
    let reopened = stalled.stop();
    let without = support::median([without, measure(load, "with writes and watchers")]);
    println!("{WATCHERS} watchers and {STALLED} stalled connections ({reopened} opened anew)");
    println!(
        "  p99 of a second  {with:.1} ms, without them {without:.1} ms: {:.2} times (held to 1.5)",
        with / without
    );
    println!("  memory           {memory} MiB before, {with_memory} MiB with them");
    let written = writer.stop();
    println!("  {} changes; {}", written.len(), watchers.stop(&written));
}

/// A number that the server counts.
fn counted(operations: &str, name: &str) -> f64 {
    let mut stream = TcpStream::connect(operations).expect("it listens");
    stream
        .write_all(b"GET /metrics HTTP/1.1\r\nhost: here\r\n\r\n")
        .expect("sent");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("an answer");
    let lines = text.lines().filter(|line| line.starts_with(name));
    let values = lines.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok());
    values.sum()
}

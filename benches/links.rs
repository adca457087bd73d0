//! Question: what do likely same-person links cost a write, and an import?
//!
//! Held to: an import with its links takes at most 1.6 times the CPU time of one without; a write's share is told.
//!
//! Everybody of a community is imported into an empty store (which compares everybody with everybody), then people one at a
//! time are looked at as after a write (candidates from the search index).
//!
//! `cargo bench --bench links -- [people …]`, by default 10000 50000. A store that is begun with more than 50,000
//! people is filled without comparing them: then only the second figure is told.

#[path = "support/mod.rs"]
mod support;

use kinpath::access::Permit;
use kinpath::exchange::csv::read_folder;
use kinpath::store::{ImportRequest, Store, StoreOptions};
use kinpath::workflow::{suggest_links, suggest_links_of_import};
use std::ops::ControlFlow;
use support::{community, median, people, percentile, process_cpu, thread_cpu};

const WRITES: usize = 1_000;

fn main() {
    for count in support::sizes(&[10_000, 50_000]) {
        let folder = community(count);
        let data = support::fresh_folder("links");
        let begun = process_cpu();
        let read = read_folder(&folder, &Default::default()).expect("the community can be read");
        let store = Store::create(&data, &StoreOptions::default()).expect("a new store");
        let request = ImportRequest::new("bench", "bench");
        let all = |_| ControlFlow::Continue(());
        store
            .import(&read.bundle, &request, &mut |step| all(step))
            .expect("imported");
        let import = process_cpu() - begun;
        let permit = Permit::system("bench");
        let begun = process_cpu();
        let found = suggest_links_of_import(&store, &permit, &read.bundle, None, &mut |_, _| {})
            .expect("compared");
        let links = process_cpu() - begun;
        drop(read);
        println!("{count} people, load {}", support::load());
        println!(
            "  an import            {import:.2} CPU-s, links {links:.2} more: {:.2} times (held to 1.6); {} links",
            (import + links) / import,
            found.suggested.recorded
        );
        let mut spent: Vec<f64> = Vec::new();
        let mut changed = 0;
        for person in people(&store, WRITES) {
            let begun = thread_cpu();
            let suggested = suggest_links(&store, &permit, &[person]).expect("compared");
            spent.push((thread_cpu() - begun) * 1e3);
            changed += suggested.recorded + suggested.withdrawn;
        }
        println!(
            "  links of one person  p50 {:.2}, p99 {:.2} CPU-ms; {changed} links changed",
            median(spent.iter().copied()),
            percentile(&spent, 99.0)
        );
        drop(store);
        let _ = std::fs::remove_dir_all(data);
    }
}

//! The real server as a process of its own, and what it uses.

#![allow(dead_code, reason = "each bench uses a part")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

/// A running `kinpath serve`. Killed when dropped.
pub struct Server {
    process: Child,
    pub address: String,
}

/// The system counts processor time of processes in hundredths of a second.
const TICKS_A_SECOND: f64 = 100.0;

impl Server {
    /// Serves a store on a free port; `flags` are added.
    pub fn start(store: &Path, flags: &[&str]) -> Server {
        let mut process = Command::new(env!("CARGO_BIN_EXE_kinpath"))
            .arg("--data")
            .arg(store)
            .args(["serve", "--address", "127.0.0.1:0"])
            .args(flags)
            .env("KINPATH_LOG", "error")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the server starts");
        let mut line = String::new();
        let out = process.stdout.take().expect("its output");
        BufReader::new(out)
            .read_line(&mut line)
            .expect("its first line");
        let address = line.trim_end().strip_prefix("ready ").expect("it is ready");
        Server {
            address: address.to_owned(),
            process,
        }
    }

    /// CPU seconds that the server's threads have used, once they use no more.
    pub fn cpu_at_rest(&self) -> f64 {
        const PAUSE: Duration = Duration::from_micros(100);
        let mut used = self.cpu();
        loop {
            sleep(PAUSE);
            let now = self.cpu();
            if now == used {
                return used as f64 / 1e9;
            }
            used = now;
        }
    }

    /// CPU seconds of the process, threads that ended included.
    pub fn process_cpu(&self) -> f64 {
        let text = self.read("stat");
        let after_name = text.rsplit(')').next().unwrap_or_default();
        let fields: Vec<&str> = after_name.split_whitespace().collect();
        let ticks = |position: usize| fields[position].parse::<f64>().expect("a number");
        (ticks(11) + ticks(12)) / TICKS_A_SECOND
    }

    /// The memory that the process has now, and the most that it had since [`Server::forget_peak_memory`], in MiB.
    pub fn memory(&self) -> (u64, u64) {
        let text = self.read("status");
        let mebibytes = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            let number = line.map(|line| line.trim().trim_end_matches(" kB"));
            number
                .and_then(|number| number.parse::<u64>().ok())
                .unwrap_or_default()
                >> 10
        };
        (mebibytes("VmRSS:"), mebibytes("VmHWM:"))
    }

    /// Lets the peak of [`Server::memory`] begin anew.
    pub fn forget_peak_memory(&self) {
        // Where that is not allowed, the peak is of the whole run: too high, never too low.
        let _ = fs::write(format!("/proc/{}/clear_refs", self.process.id()), "5");
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{file}", self.process.id())).expect("it runs")
    }

    /// Nanoseconds of all threads.
    fn cpu(&self) -> u64 {
        let threads = fs::read_dir(format!("/proc/{}/task", self.process.id()));
        let threads = threads.expect("the server runs").flatten();
        threads
            .filter_map(|thread| {
                let text = fs::read_to_string(thread.path().join("schedstat")).ok()?;
                text.split(' ').next()?.parse::<u64>().ok()
            })
            .sum()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

//! The real server as a process of its own, and `kinpath verify`.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A running `kinpath serve`. Killed when dropped.
pub struct Server {
    process: Child,
    /// Kept open, so that the server can write to it.
    _out: BufReader<ChildStdout>,
    pub address: String,
    /// From start to ready.
    pub ready_after: Duration,
}

impl Server {
    /// Starts the server and waits until it is ready. What it said instead, if it ends.
    pub fn start(store: &Path) -> Result<Server, String> {
        let begun = Instant::now();
        let mut process = spawn(store);
        let mut out = BufReader::new(process.stdout.take().expect("its output"));
        let mut line = String::new();
        out.read_line(&mut line).expect("its output can be read");
        let Some(address) = line.trim_end().strip_prefix("ready ") else {
            process.wait().expect("it ended");
            return Err(std::fs::read_to_string(log(store)).unwrap_or_default());
        };
        Ok(Server {
            address: address.to_owned(),
            process,
            _out: out,
            ready_after: begun.elapsed(),
        })
    }

    /// Starts the server and kills it after so long, ready or not.
    pub fn start_and_kill(store: &Path, after: Duration) {
        let mut process = spawn(store);
        sleep(after);
        process.kill().expect("SIGKILL");
        process.wait().expect("it ended");
    }

    /// Processor time that its threads have used.
    pub fn cpu(&self) -> Duration {
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.process.id()));
        let nanoseconds = threads.expect("it runs").flatten().map(|thread| {
            // A thread that ended in the meantime used little.
            let text = std::fs::read_to_string(thread.path().join("schedstat")).unwrap_or_default();
            let first = text.split(' ').next();
            first
                .and_then(|used| used.parse::<u64>().ok())
                .unwrap_or_default()
        });
        Duration::from_nanos(nanoseconds.sum())
    }

    /// SIGKILL.
    pub fn kill(mut self) {
        self.process.kill().expect("SIGKILL");
        self.process.wait().expect("it ended");
    }

    /// SIGTERM; the server must end well.
    pub fn stop(mut self) -> Result<(), String> {
        let pid = rustix::process::Pid::from_child(&self.process);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("SIGTERM");
        let status = self.process.wait().expect("it ended");
        if status.success() {
            Ok(())
        } else {
            Err(format!("the server did not end well: {status}"))
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn spawn(store: &Path) -> Child {
    let log = File::create(log(store)).expect("a log");
    kinpath(store)
        .args(["serve", "--address", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .expect("the server starts")
}

fn log(store: &Path) -> std::path::PathBuf {
    store.with_extension("log")
}

fn kinpath(store: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kinpath"));
    command.arg("--data").arg(store).stdin(Stdio::null());
    command
}

/// Runs `kinpath verify`. What is wrong, if anything is.
pub fn verify(store: &Path) -> Result<(), String> {
    let verified = kinpath(store).arg("verify").output().expect("it runs");
    let said = String::from_utf8_lossy(&verified.stdout);
    if verified.status.success() && said.contains("everything agrees") {
        return Ok(());
    }
    let complained = String::from_utf8_lossy(&verified.stderr);
    Err(format!("verify: {said}{complained}"))
}

//! Parses the arguments, sets up logging, hands over.

use clap::Parser;
use kinpath::cli::{self, Arguments, Command};
use std::io::IsTerminal;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    set_up_logging(&arguments.command);
    match cli::run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => cli::report(&stop),
    }
}

/// Logs go to standard error, without personal data. `KINPATH_LOG` sets what is logged, as in `debug` or `kinpath=debug`.
fn set_up_logging(command: &Command) {
    let (default, json) = match command {
        Command::Serve(serve) => ("info", serve.log_json),
        _ => ("warn", false),
    };
    let filter = EnvFilter::try_from_env("KINPATH_LOG").unwrap_or_else(|_| EnvFilter::new(default));
    let logging = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false);
    if json {
        logging.json().init();
    } else {
        logging.init();
    }
}

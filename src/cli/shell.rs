//! What a shell and a manual reader get from the definition of the arguments.

use super::arguments::{Arguments, Completions};
use super::stop::Stop;
use clap::CommandFactory;
use std::io::{self, Write};

/// Writes the completions of one shell to standard output.
pub fn completions(command: &Completions) -> Result<(), Stop> {
    let mut script = Vec::new();
    clap_complete::generate(
        command.shell,
        &mut Arguments::command(),
        "kinpath",
        &mut script,
    );
    io::stdout().lock().write_all(&script)?;
    Ok(())
}

/// Writes the man page to standard output.
pub fn man() -> Result<(), Stop> {
    clap_mangen::Man::new(Arguments::command()).render(&mut io::stdout().lock())?;
    Ok(())
}

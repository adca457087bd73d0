//! `linkage`: measures record linkage on files, and learns its parameters.

mod arguments;
mod evaluate;
mod learn;
mod measure;
mod sample;
mod show;
mod spent;
mod table_file;
mod truth;

pub use arguments::LinkageCommand;

use super::arguments::Global;
use super::stop::Stop;

/// Runs one of the commands.
pub fn run(global: &Global, command: &LinkageCommand) -> Result<(), Stop> {
    match command {
        LinkageCommand::Evaluate(command) => evaluate::evaluate(global, command),
        LinkageCommand::Learn(command) => learn::learn(global, command),
        LinkageCommand::Sample(command) => sample::sample(command),
    }
}

//! Progress of long work, on standard error, only where somebody watches.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;

/// A bar that is drawn only if standard error is a terminal.
pub fn bar(what: &'static str, total: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(total), target()).with_message(what);
    let shape = "{msg} [{bar:30}] {human_pos} of {human_len} ({eta} left)";
    match ProgressStyle::with_template(shape) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// The name of the present step, drawn only if standard error is a terminal.
pub fn steps() -> ProgressBar {
    ProgressBar::with_draw_target(None, target())
}

fn target() -> ProgressDrawTarget {
    if std::io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    }
}

//! `kinpath orders`: which placement orders there are, and whether one of an agency's own can be used.

use super::arguments::{Global, OrdersCommand};
use super::permanence;
use super::stop::Stop;
use crate::error::Error;
use crate::placement::order::{self, OrderError, PlacementOrder};
use serde_json::json;
use std::io::{self, Write};
use std::path::Path;

/// Runs one of the commands.
pub fn orders(global: &Global, command: &OrdersCommand) -> Result<(), Stop> {
    match command {
        OrdersCommand::List => list(global),
        OrdersCommand::Show { id } => show(id),
        OrdersCommand::Check { files } => check(files),
    }
}

/// Takes the orders of a folder beside those that come with the program, and the rules in its subfolders. One bad file is
/// enough to refuse to start.
pub fn take_own(folder: &Path) -> Result<(), Stop> {
    order::take_own(&toml_files(folder)?).map_err(bad)?;
    permanence::take_own(folder)
}

/// The `.toml` files of a folder, by name, each with its text.
pub fn toml_files(folder: &Path) -> Result<Vec<(String, String)>, Stop> {
    let unreadable = |why: io::Error| {
        Error::invalid(
            "orders",
            format!("{} cannot be read: {why}", folder.display()),
        )
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            files.push((path.display().to_string(), text_of("orders", &path)?));
        }
    }
    files.sort();
    Ok(files)
}

fn bad(error: OrderError) -> Error {
    Error::invalid("orders", error.to_string())
}

/// The text of a file.
pub fn text_of(setting: &str, path: &Path) -> Result<String, Error> {
    std::fs::read_to_string(path)
        .map_err(|why| Error::invalid(setting, format!("{} cannot be read: {why}", path.display())))
}

fn list(global: &Global) -> Result<(), Stop> {
    let mut out = io::stdout().lock();
    for order in &order::orders().map_err(bad)?.orders {
        if global.json {
            let line = json!({
                "id": order.id, "version": order.version, "title": order.title,
                "jurisdiction": order.jurisdiction, "citation": order.citation,
                "to_be_checked": order.to_be_checked,
            });
            writeln!(out, "{line}")?;
            continue;
        }
        writeln!(out, "{} (version {})", order.id, order.version)?;
        writeln!(out, "    {}", order.title)?;
        writeln!(out, "    {}", order.citation)?;
        for words in &order.to_be_checked {
            writeln!(out, "    to be checked: {words}")?;
        }
    }
    Ok(())
}

fn show(id: &str) -> Result<(), Stop> {
    let orders = order::orders().map_err(bad)?;
    let text = orders.text_of(id).ok_or_else(|| {
        let known = orders.ids().join(", ");
        Error::invalid(
            "id",
            format!("there is no placement order \"{id}\"; known are: {known}"),
        )
    })?;
    Ok(io::stdout().lock().write_all(text.as_bytes())?)
}

fn check(files: &[std::path::PathBuf]) -> Result<(), Stop> {
    let mut faults = 0;
    for file in files {
        let text = text_of("orders", file)?;
        match order::read_order(&file.display().to_string(), &text) {
            Ok(order) => writeln!(io::stdout().lock(), "{}", told(file, &order))?,
            Err(error) => {
                faults += 1;
                writeln!(io::stderr().lock(), "{error}")?;
            }
        }
    }
    match faults {
        0 => Ok(()),
        _ => Err(Stop::Partly(format!(
            "{faults} of {} files cannot be used",
            files.len()
        ))),
    }
}

fn told(file: &Path, order: &PlacementOrder) -> String {
    let tiers: Vec<String> = order
        .tiers
        .iter()
        .map(|tier| format!("  {}. {} [{}]", tier.number, tier.title, tier.citation))
        .collect();
    format!(
        "{}: good. {} (version {}):\n{}",
        file.display(),
        order.id,
        order.version,
        tiers.join("\n")
    )
}

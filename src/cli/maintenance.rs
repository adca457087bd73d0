//! Commands on the store itself: open, verify, rebuild, migrate, backup, restore, serve; and the sample community.
//! With `import`, the only files of the command line that call the store.

use super::arguments::{Backup, Generate, Global, Restore, Serve, Verify};
use super::progress;
use super::stop::Stop;
use crate::access::Permit;
use crate::config::{Given, ServerSettings};
use crate::error::Error;
use crate::sample::{self, CommunityPlan, SampleError};
use crate::server;
use crate::store::{self, OpenMode, Stop as Stopping, Store, StoreError, StoreOptions};
use crate::workflow::{backup_store, verify_store};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

/// The folder that `--data` names, for commands that need a store on this machine.
pub fn data_folder(global: &Global) -> Result<&Path, Stop> {
    if let Some(folder) = &global.data {
        return Ok(folder);
    }
    Err(Stop::Usage(if global.server.is_some() {
        "this command needs the store itself: give its folder with --data DIR, not --server"
            .to_owned()
    } else {
        "which store? Give its folder with --data DIR, or a running server with --server ADDR"
            .to_owned()
    }))
}

/// How the store is to be opened.
pub fn options(global: &Global) -> StoreOptions {
    StoreOptions {
        key_file: global.key_file.clone(),
        ..StoreOptions::default()
    }
}

/// Opens the store that `--data` names.
pub fn open(global: &Global) -> Result<Arc<Store>, Stop> {
    opened(Store::open(data_folder(global)?, &options(global)))
}

/// Opens the store in a folder; makes one if the folder is new or empty.
pub fn open_or_create(global: &Global) -> Result<Arc<Store>, Stop> {
    let store = opened(Store::open_or_create(
        data_folder(global)?,
        &options(global),
    ))?;
    tell_of_keys(&store);
    Ok(store)
}

/// Says once where the keys of a new store are.
pub fn tell_of_keys(store: &Store) {
    if let (true, Some(path)) = (store.has_made_keys(), store.key_file()) {
        // If standard error is closed there is nobody left to tell.
        let _ = writeln!(
            io::stderr().lock(),
            "The keys of this store are in {}. Keep a copy of that file elsewhere: without it, everything in the store is lost.",
            path.display()
        );
    }
}

fn opened(store: Result<Store, StoreError>) -> Result<Arc<Store>, Stop> {
    match store {
        Ok(store) => Ok(Arc::new(store)),
        Err(why) => Err(Stop::Refused(why.to_string())),
    }
}

/// Checks that everything in the store agrees. What is wrong is listed on standard output.
pub fn verify(global: &Global, verify: &Verify) -> Result<(), Stop> {
    let mode = if verify.accept_loss {
        OpenMode::AcceptLoss
    } else {
        OpenMode::Serve
    };
    let options = StoreOptions {
        mode,
        ..options(global)
    };
    let store = opened(Store::open(data_folder(global)?, &options))?;
    let steps = progress::steps();
    let permit = Permit::local_operator();
    let checked = verify_store(&store, &permit, &Stopping::default(), &mut |step| {
        steps.set_message(step);
    });
    steps.finish_and_clear();
    let report = checked?;
    for finding in &report.findings {
        say(&format!("wrong: {}: {}", finding.table, finding.detail))?;
    }
    say(&format!(
        "read: {} records of {} subjects, {} versions of statements, {} index entries, {} search entries, {} commits, {} sources",
        report.records,
        report.subjects,
        report.statements,
        report.index_entries,
        report.search_entries,
        report.commits,
        report.sources
    ))?;
    if !report.is_clean() {
        return Err(Stop::Refused(format!(
            "{} things are wrong: restore a backup with `kinpath restore`; if only records or indexes are wrong, \
             `kinpath rebuild` makes them anew",
            report.wrong
        )));
    }
    say("everything agrees")
}

/// Makes what is derived anew.
pub fn rebuild(global: &Global) -> Result<(), Stop> {
    let store = open(global)?;
    store.rebuild().map_err(Error::from)?;
    say("rebuilt: records and indexes were made anew from the statements")
}

/// Brings an older store up to this version.
pub fn migrate(global: &Global) -> Result<(), Stop> {
    let done = store::migrate(data_folder(global)?, &options(global));
    let done = done.map_err(|why| Stop::Refused(why.to_string()))?;
    if done.is_empty() {
        return say("the store is up to date: nothing was changed");
    }
    done.iter().try_for_each(|step| say(step))
}

/// Copies the store.
pub fn backup(global: &Global, backup: &Backup) -> Result<(), Stop> {
    let store = open(global)?;
    backup_store(&store, &Permit::local_operator(), &backup.to)?;
    say(&format!("backed up to {}", backup.to.display()))?;
    match store.key_file() {
        Some(keys) => say(&format!(
            "The keys are not in the backup. Keep a copy of {} elsewhere: without it, the backup cannot be read.",
            keys.display()
        )),
        None => Ok(()),
    }
}

/// Makes a store from a backup.
pub fn restore(global: &Global, restore: &Restore) -> Result<(), Stop> {
    let folder = data_folder(global)?;
    store::restore(&restore.from, folder).map_err(|why| Stop::Refused(why.to_string()))?;
    say(&format!(
        "restored to {}; put the keys of the store beside it, or name them with --key-file, then check it with: \
         kinpath --data {} verify",
        folder.display(),
        folder.display()
    ))
}

/// Writes a sample community and prints its shape.
pub fn generate(generate: &Generate) -> Result<(), Stop> {
    let plan = CommunityPlan {
        people: generate.people,
        seed: generate.seed,
    };
    let bar = progress::bar("people", generate.people);
    let made = sample::generate(plan, &generate.out, &mut |people| bar.set_position(people));
    bar.finish_and_clear();
    let shape = made.map_err(|why| match why {
        SampleError::TooFewPeople { least, .. } => {
            Error::invalid("people", format!("at least {least} are needed"))
        }
        other => Error::invalid("out", other.to_string()),
    })?;
    say(&shape.to_string())
}

/// Serves the store until the process is told to stop.
pub fn serve(global: &Global, serve: &Serve) -> Result<(), Stop> {
    let settings = settings(serve)?;
    let store = open(global)?;
    server::run(store, &settings)?;
    Ok(())
}

/// Tells whether the server would start with these settings.
pub fn check_config(serve: &Serve) -> Result<(), Stop> {
    let settings = settings(serve)?;
    say(&format!(
        "the settings are good: {} would be served",
        settings.address
    ))
}

fn settings(serve: &Serve) -> Result<ServerSettings, Stop> {
    let file = match &serve.config {
        Some(path) => Given::read(path)?,
        None => Given::default(),
    };
    let flags = Given {
        address: serve.address.clone(),
        open_to_other_machines: serve.open_to_other_machines.then_some(true),
        workers: serve.workers,
        queue: serve.queue,
        deadline_seconds: serve.deadline_seconds,
        drain_seconds: serve.drain_seconds,
        ..Given::default()
    };
    Ok(flags.or(file).settings()?)
}

/// Writes a text to standard output, with a line end.
pub fn say(text: &str) -> Result<(), Stop> {
    let mut out = io::stdout().lock();
    writeln!(out, "{}", text.trim_end())?;
    out.flush()?;
    Ok(())
}

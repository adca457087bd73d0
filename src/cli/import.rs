//! `import`: reads and checks every file first, tells what was found, then commits; or takes an import back.

use super::arguments::{Global, Import};
use super::commands::write_text;
use super::maintenance::{data_folder, open, open_or_create, options, say, tell_of_keys};
use super::stop::Stop;
use super::{progress, render};
use crate::access::Permit;
use crate::ambient;
use crate::api::{self, v1};
use crate::error::Error;
use crate::exchange::report::{ReadBundle, ReadOptions};
use crate::model::bundle::BundleContent;
use crate::store::Store;
use crate::workflow;
use crate::workflow::{
    FileForm, ImportedBundle, import_bundle, import_store, link_nations, probably_known,
    read_files, undo_import,
};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::fs;
use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How much of a file is read at once, in bytes.
const READ_AHEAD: usize = 1 << 20;

/// Imports files, or takes an import back.
pub fn import(global: &Global, command: &Import) -> Result<(), Stop> {
    let folder = data_folder(global)?;
    if let Some(import_id) = &command.undo {
        return undo(global, import_id);
    }
    if command
        .paths
        .iter()
        .any(|path| has_extension(path, "jsonl"))
    {
        return import_whole_store(global, folder, command);
    }
    let mut checked = Vec::new();
    let mut errors = 0;
    for path in &command.paths {
        let read = read(path, command.accept_valid_rows)?;
        errors += read.errors;
        let text = render::findings(&read.findings, read.errors, read.warnings);
        // If standard error is closed there is nobody left to tell.
        let _ = io::stderr().lock().write_all(text.as_bytes());
        checked.push((path, read));
    }
    if errors > 0 && !command.accept_valid_rows {
        return Err(Stop::Partly(format!(
            "import: {errors} errors, nothing was changed; correct them, or give --accept-valid-rows to leave out \
             the rows concerned"
        )));
    }
    if command.dry_run {
        let store = known_store(global)?;
        return checked.iter_mut().try_for_each(|(path, read)| {
            let known = match &store {
                Some(store) => compare(store, read)?,
                None => Vec::new(),
            };
            tell_dry_run(global, path, read, &known)
        });
    }
    let store = open_or_create(global)?;
    for (path, read) in &mut checked {
        let linked = link_nations(&store, &Permit::local_operator(), &mut read.bundle)?;
        let text = render::findings(&linked, 0, linked.len() as u64);
        let _ = io::stderr().lock().write_all(text.as_bytes());
        let import_id = import_id(path, command.accept_valid_rows)?;
        let imported = commit(&store, &import_id, read)?;
        tell(global, folder, path, &import_id, &imported)?;
    }
    Ok(())
}

/// Makes a store of a whole store's export.
fn import_whole_store(global: &Global, folder: &Path, command: &Import) -> Result<(), Stop> {
    let [path] = command.paths.as_slice() else {
        return Err(Stop::Usage(
            "a whole store (.jsonl) is imported by itself, into an empty folder".to_owned(),
        ));
    };
    if command.dry_run {
        return Err(Stop::Usage(
            "--dry-run does not go with a whole store: a file that is not whole leaves the store empty".to_owned(),
        ));
    }
    let file = fs::File::open(path)
        .map_err(|why| Error::invalid("path", format!("{}: {why}", path.display())))?;
    let bar = progress::bar("import", 0);
    let made = import_store(
        &Permit::local_operator(),
        folder,
        &options(global),
        io::BufReader::with_capacity(READ_AHEAD, file),
        &mut |subjects| bar.set_position(subjects),
    );
    bar.finish_and_clear();
    let (store, counts) = made?;
    tell_of_keys(&store);
    drop(store);
    if global.json {
        let line = json!({ "path": path.display().to_string(), "counts": counts });
        return say(&line.to_string());
    }
    say(&format!(
        "{}: {} records, {} versions of statements, {} commits; check it with: kinpath --data {} verify",
        path.display(),
        counts.subjects,
        counts.statements,
        counts.commits,
        folder.display()
    ))
}

fn has_extension(path: &Path, wanted: &str) -> bool {
    path.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case(wanted))
}

/// A folder is a CSV bundle; a file is GEDCOM.
fn read(path: &Path, accept_valid_rows: bool) -> Result<ReadBundle, Error> {
    let options = ReadOptions {
        accept_valid_rows,
        today: Some(ambient::today()),
    };
    let is_gedcom = has_extension(path, "ged") || has_extension(path, "gdz");
    let form = if path.is_dir() {
        FileForm::Bundle
    } else if is_gedcom {
        FileForm::Gedcom
    } else {
        return Err(Error::invalid(
            "path",
            format!(
                "{}: neither a folder with a CSV bundle nor a .ged, .gdz or .jsonl file",
                path.display()
            ),
        ));
    };
    let read = read_files(path, form, &options);
    read.map_err(|why| Error::invalid("path", why.to_string()))
}

/// An id for this content: the same files give the same id, so that an import that was cut off is finished.
fn import_id(path: &Path, accept_valid_rows: bool) -> Result<String, Error> {
    let unreadable = |why: io::Error| Error::invalid("path", format!("{}: {why}", path.display()));
    let mut files: Vec<PathBuf> = Vec::new();
    if path.is_dir() {
        for entry in fs::read_dir(path).map_err(unreadable)? {
            files.push(entry.map_err(unreadable)?.path());
        }
        files.retain(|file| file.extension().is_some_and(|extension| extension == "csv"));
        files.sort();
    } else {
        files.push(path.to_owned());
    }
    let mut digest = Sha256::new();
    digest.update([u8::from(accept_valid_rows)]);
    for file in files {
        let name = file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        digest.update(name.as_bytes());
        let content = fs::File::open(&file).map_err(unreadable)?;
        let length = content.metadata().map_err(unreadable)?.len();
        digest.update(length.to_be_bytes());
        let mut content = io::BufReader::with_capacity(READ_AHEAD, content);
        loop {
            let read = content.fill_buf().map_err(unreadable)?;
            if read.is_empty() {
                break;
            }
            digest.update(read);
            let length = read.len();
            content.consume(length);
        }
    }
    let hex: String = digest.finalize()[..6]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let full = fs::canonicalize(path).map_err(unreadable)?;
    let stem = full
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    Ok(format!("{stem}-{hex}"))
}

fn commit(store: &Store, import_id: &str, read: &ReadBundle) -> Result<ImportedBundle, Error> {
    let permit = Permit::local_operator();
    let bar = progress::bar("import", 0);
    let imported = import_bundle(store, &permit, import_id, &read.bundle, &mut |step| {
        bar.set_message(step.step);
        bar.set_length(step.of);
        bar.set_position(step.done);
    });
    bar.finish_and_clear();
    imported
}

/// The store in a folder; nothing if there is none yet.
fn known_store(global: &Global) -> Result<Option<Arc<Store>>, Stop> {
    let mut entries = fs::read_dir(data_folder(global)?).into_iter().flatten();
    if entries.next().is_none() {
        return Ok(None);
    }
    open(global).map(Some)
}

/// Who in the files is probably known to the store; changes nothing there.
fn compare(store: &Store, read: &mut ReadBundle) -> Result<Vec<v1::ProbablyKnown>, Error> {
    let permit = Permit::local_operator();
    let linked = link_nations(store, &permit, &mut read.bundle)?;
    let text = render::findings(&linked, 0, linked.len() as u64);
    let _ = io::stderr().lock().write_all(text.as_bytes());
    let bar = progress::bar("comparing", 0);
    let known = probably_known(store, &permit, &read.bundle, &mut |done, of| {
        bar.set_length(of);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    Ok(known?.iter().map(api::probably_known).collect())
}

fn undo(global: &Global, import_id: &str) -> Result<(), Stop> {
    let store = open(global)?;
    let permit = Permit::local_operator();
    let undone = undo_import(&store, &permit, import_id, &workflow::Write::default())?;
    if global.json {
        let line = json!({
            "importId": import_id,
            "withdrawn": undone.withdrawn,
            "restored": undone.restored,
            "leftAsChanged": undone.left,
        });
        return say(&line.to_string());
    }
    say(&format!(
        "import {import_id} was taken back: {} statements withdrawn, {} set back to what they were, {} left because \
         somebody has changed them since",
        undone.withdrawn, undone.restored, undone.left
    ))
}

fn tell_dry_run(
    global: &Global,
    path: &Path,
    read: &ReadBundle,
    known: &[v1::ProbablyKnown],
) -> Result<(), Stop> {
    if global.json {
        let line = json!({
            "path": path.display().to_string(),
            "rowsRead": read.rows_read,
            "records": read.bundle.len(),
            "errors": read.errors,
            "warnings": read.warnings,
            "probablyKnown": known,
        });
        return say(&line.to_string());
    }
    write_text(&render::probably_known(known))?;
    say(&format!(
        "{}: {} rows read, {} records could be imported; nothing was changed",
        path.display(),
        read.rows_read,
        read.bundle.len()
    ))
}

fn tell(
    global: &Global,
    data: &Path,
    path: &Path,
    import_id: &str,
    imported: &ImportedBundle,
) -> Result<(), Stop> {
    let summary = &imported.summary;
    let links = &imported.links;
    let known = links.probably_known.iter();
    let known: Vec<v1::ProbablyKnown> = known.map(api::probably_known).collect();
    if global.json {
        let line = json!({
            "path": path.display().to_string(),
            "importId": import_id,
            "newRecords": summary.new_subjects,
            "knownRecords": summary.known_subjects,
            "newStatements": summary.new_statements,
            "changedStatements": summary.changed_statements,
            "unchangedStatements": summary.unchanged_statements,
            "resumed": summary.resumed,
            "suggestedLinks": links.suggested.recorded,
            "linksNotCompared": links.not_compared,
            "probablyKnown": known,
        });
        return say(&line.to_string());
    }
    write_text(&render::probably_known(&known))?;
    let suggested = match links.suggested.recorded {
        _ if links.not_compared => format!(
            "\nso many at once were not compared with one another; to look for records of one person: kinpath --data {} \
             duplicates --record --out pairs.csv",
            data.display()
        ),
        0 => String::new(),
        links => format!(
            "\n{links} links of records that may be of one person: kinpath same-person list"
        ),
    };
    let resumed = if summary.resumed {
        " (it had been cut off and was finished now)"
    } else {
        ""
    };
    say(&format!(
        "{}: {} new records, {} known; {} new statements, {} changed, {} unchanged{resumed}{suggested}\nto take it back: \
         kinpath --data {} import --undo {import_id}",
        path.display(),
        summary.new_subjects,
        summary.known_subjects,
        summary.new_statements,
        summary.changed_statements,
        summary.unchanged_statements,
        data.display()
    ))
}

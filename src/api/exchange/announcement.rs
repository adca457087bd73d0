//! What an import announces, checked: which files, in which form, from which source.

use crate::api::answers::read_request_id;
use crate::api::v1;
use crate::error::Error;
use crate::exchange::report::ReadOptions;
use crate::model::partial_date::Day;
use crate::staging::NamedFile;
use crate::workflow::{FileForm, ImportFiles};
use prost::Message;
use std::path::Path;

/// Files of one import.
const MOST_FILES: usize = 16;
/// The longest name of a file or source, in bytes.
const LONGEST_NAME: usize = 100;

/// An import that may begin.
#[derive(Clone, Debug)]
pub struct Announcement {
    pub id: String,
    form: FileForm,
    source: String,
    validate_only: bool,
    accept_valid_rows: bool,
    /// As sent, and as kept on disk.
    pub files: Vec<(String, NamedFile)>,
    /// The settings as bytes: the same import announces the same.
    pub bytes: Vec<u8>,
}

impl Announcement {
    /// Checks the settings.
    pub fn read(settings: &v1::ImportSettings) -> Result<Announcement, Error> {
        let id = read_import_id("settings.request_id", &settings.request_id)?;
        let form = match Form::read("settings.format", settings.format)? {
            Form::Csv => FileForm::Bundle,
            Form::Gedcom5 | Form::Gedcom7 => FileForm::Gedcom,
            Form::JsonLines => FileForm::WholeStore,
        };
        let source = plain_name("settings.source_name", &settings.source_name)?;
        if settings.accept_valid_rows && form == FileForm::WholeStore {
            let reason = "a whole store is taken whole or not at all";
            return Err(Error::invalid("settings.accept_valid_rows", reason));
        }
        let count = settings.files.len();
        if count == 0 || count > MOST_FILES || (form != FileForm::Bundle && count != 1) {
            let reason = "a bundle has 1 to 16 files, every other form one";
            return Err(Error::invalid("settings.files", reason));
        }
        let mut files: Vec<(String, NamedFile)> = Vec::with_capacity(count);
        for (position, file) in settings.files.iter().enumerate() {
            let field = format!("settings.files[{position}]");
            let read = read_file(&field, file, form, &source)?;
            if files.iter().any(|(_, before)| before.name == read.1.name) {
                return Err(Error::invalid(format!("{field}.name"), "stands twice"));
            }
            files.push(read);
        }
        Ok(Announcement {
            id,
            form,
            source,
            validate_only: settings.validate_only,
            accept_valid_rows: settings.accept_valid_rows,
            files,
            bytes: settings.encode_to_vec(),
        })
    }

    /// The settings that were announced before.
    pub fn kept(bytes: &[u8]) -> Result<Announcement, Error> {
        let settings = v1::ImportSettings::decode(bytes).map_err(|why| Error::Corrupt {
            detail: format!("an announced import cannot be read: {why}"),
        })?;
        Announcement::read(&settings)
    }

    /// How many bytes there are in all.
    pub fn size(&self) -> u64 {
        let sizes = self.files.iter().map(|(_, file)| file.size);
        sizes.fold(0, u64::saturating_add)
    }

    /// The position of a file.
    pub fn position(&self, name: &str) -> Result<usize, Error> {
        let position = self.files.iter().position(|(sent, _)| sent == name);
        position.ok_or_else(|| Error::invalid("chunk.file", "is not one of the settings' files"))
    }

    /// What is to be done with the files in this folder.
    pub fn question(&self, content: &Path, today: Day) -> ImportFiles {
        let path = match (self.form, self.files.first()) {
            (FileForm::Bundle, _) | (_, None) => content.join(&self.source),
            (_, Some((_, file))) => content.join(&file.name),
        };
        ImportFiles {
            path,
            form: self.form,
            import_id: self.id.clone(),
            options: ReadOptions {
                accept_valid_rows: self.accept_valid_rows,
                today: Some(today),
            },
            validate_only: self.validate_only,
        }
    }
}

/// The forms, without the one that is not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    JsonLines,
    Csv,
    Gedcom5,
    Gedcom7,
}

impl Form {
    /// The form that a field of a request tells.
    pub fn read(field: &str, value: i32) -> Result<Form, Error> {
        match v1::ExchangeFormat::try_from(value) {
            Ok(v1::ExchangeFormat::JsonLines) => Ok(Form::JsonLines),
            Ok(v1::ExchangeFormat::Csv) => Ok(Form::Csv),
            Ok(v1::ExchangeFormat::Gedcom5) => Ok(Form::Gedcom5),
            Ok(v1::ExchangeFormat::Gedcom7) => Ok(Form::Gedcom7),
            Ok(v1::ExchangeFormat::Unspecified) | Err(_) => {
                Err(Error::invalid(field, "needed: one of the formats"))
            }
        }
    }
}

/// An import's id, which is the name of its folder too.
pub fn read_import_id(field: &str, id: &str) -> Result<String, Error> {
    let id = read_request_id(id, false).map_err(|error| match error {
        Error::InvalidInput { reason, .. } => Error::invalid(field, reason),
        other => other,
    })?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if !id.bytes().all(is_plain) {
        let reason = "must be a UUID: at most 36 letters, digits and hyphens";
        return Err(Error::invalid(field, reason));
    }
    Ok(id)
}

/// A name that is safe as the name of a file.
pub fn plain_name(field: &str, name: &str) -> Result<String, Error> {
    let name = name.trim();
    let may_stand = |c: char| c.is_alphanumeric() || " -_.".contains(c);
    let is_plain = !name.is_empty()
        && name.len() <= LONGEST_NAME
        && !name.starts_with('.')
        && name.chars().all(may_stand);
    if !is_plain {
        let reason =
            "needed: at most 100 letters, digits, spaces, hyphens, underscores and full stops";
        return Err(Error::invalid(field, reason));
    }
    Ok(name.to_owned())
}

fn read_file(
    field: &str,
    file: &v1::ExchangeFile,
    form: FileForm,
    source: &str,
) -> Result<(String, NamedFile), Error> {
    let name = plain_name(&format!("{field}.name"), &file.name)?;
    let kept = match form {
        FileForm::Bundle if !name.ends_with(".csv") => {
            let reason = "the files of a bundle end in .csv";
            return Err(Error::invalid(format!("{field}.name"), reason));
        }
        FileForm::Bundle => format!("{source}/{name}"),
        FileForm::Gedcom => format!("{source}.ged"),
        FileForm::WholeStore => format!("{source}.jsonl"),
    };
    let size = u64::try_from(file.size_bytes);
    let sha256 = <[u8; 32]>::try_from(&file.sha256[..]);
    Ok((
        file.name.clone(),
        NamedFile {
            name: kept,
            size: size.map_err(|_| {
                Error::invalid(format!("{field}.size_bytes"), "must not be negative")
            })?,
            sha256: sha256.map_err(|_| {
                Error::invalid(
                    format!("{field}.sha256"),
                    "needed: the 32 bytes of the SHA-256",
                )
            })?,
        },
    ))
}

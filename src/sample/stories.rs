//! Three children written by hand, for showing and testing, at every size: `data/samples/stories/*.csv`, in the
//! form of the bundle. Their rows stand first in each file.
//!
//! `story-1` (case-1) has rich maternal kin and a father of whose parents nobody asked; `story-2` (case-2) has only
//! adults of her network; `story-3` and `story-3b` (case-3, case-3b) must stay together and nobody of their family
//! is known.

use super::bundle_files::{BundleFile, BundleFiles, COLUMNS};
use super::error::SampleError;

/// Numbers taken by the cases of the stories: 1 to this.
pub const CASES: u64 = 3;

const FILES: [(BundleFile, &str); 11] = [
    (
        BundleFile::People,
        include_str!("../../data/samples/stories/people.csv"),
    ),
    (
        BundleFile::Ties,
        include_str!("../../data/samples/stories/ties.csv"),
    ),
    (
        BundleFile::Places,
        include_str!("../../data/samples/stories/places.csv"),
    ),
    (
        BundleFile::Nations,
        include_str!("../../data/samples/stories/nations.csv"),
    ),
    (
        BundleFile::Households,
        include_str!("../../data/samples/stories/households.csv"),
    ),
    (
        BundleFile::Cautions,
        include_str!("../../data/samples/stories/cautions.csv"),
    ),
    (
        BundleFile::Screenings,
        include_str!("../../data/samples/stories/screenings.csv"),
    ),
    (
        BundleFile::Cases,
        include_str!("../../data/samples/stories/cases.csv"),
    ),
    (
        BundleFile::Families,
        include_str!("../../data/samples/stories/families.csv"),
    ),
    (
        BundleFile::Inquiries,
        include_str!("../../data/samples/stories/inquiries.csv"),
    ),
    (
        BundleFile::Outreach,
        include_str!("../../data/samples/stories/outreach.csv"),
    ),
];

/// Writes the rows of the stories. Gives the number of people among them.
pub fn write(files: &mut BundleFiles) -> Result<u64, SampleError> {
    let mut people = 0;
    for (file, text) in FILES {
        let (name, columns) = COLUMNS[file as usize];
        let malformed =
            |error| SampleError::malformed(format!("data/samples/stories/{name}.csv"), error);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let header = reader.headers().map_err(malformed)?;
        if !header.iter().eq(columns.split(',')) {
            let what = format!("data/samples/stories/{name}.csv");
            return Err(SampleError::malformed(
                what,
                format!("columns must be {columns}"),
            ));
        }
        for record in reader.records() {
            let record = record.map_err(malformed)?;
            files.row(file, record.iter())?;
            if matches!(file, BundleFile::People) {
                people += 1;
            }
        }
    }
    Ok(people)
}

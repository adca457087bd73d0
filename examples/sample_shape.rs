//! Writes a sample community and prints its shape and the time taken: `PEOPLE SEED FOLDER`.
use kinpath::sample::{CommunityPlan, generate, measure_shape};
fn main() {
    let mut arguments = std::env::args().skip(1);
    let people = arguments
        .next()
        .and_then(|a| a.parse().ok())
        .unwrap_or(10_000);
    let seed = arguments.next().and_then(|a| a.parse().ok()).unwrap_or(7);
    let folder = std::path::PathBuf::from(arguments.next().unwrap_or("/tmp/sample".into()));
    let start = std::time::Instant::now();
    match generate(CommunityPlan { people, seed }, &folder, &mut |_| {}) {
        Ok(shape) => println!("{shape}"),
        Err(error) => println!("{error}"),
    }
    println!("{:?} with measuring", start.elapsed());
    let start = std::time::Instant::now();
    let _ = measure_shape(&folder);
    println!("{:?} measuring alone", start.elapsed());
}

//! The command line's flags: what is taken, what is refused, and that the help gives an example.

use clap::{CommandFactory, Parser};
use kinpath::cli::Arguments;

fn parsed(line: &str) -> Result<Arguments, clap::Error> {
    let words = std::iter::once("kinpath").chain(line.split_whitespace());
    Arguments::try_parse_from(words)
}

#[test]
fn the_definition_holds_together() {
    Arguments::command().debug_assert();
}

#[test]
fn what_people_type_is_taken() {
    for line in [
        "--data d find story:child-1 --purpose connection --as-of 2026-01-01 --leads 5",
        "find story:child-1 --server 127.0.0.1:50551 --json",
        "--data d connect --case c-1 --relation aunt --side maternal --phone 1 --dry-run",
        "--data d connect --child c-1 --relation uncle --dead",
        "--data d relation A B",
        "--data d relation --pairs pairs.csv",
        "--data d relatives tudor:I1 --degree 5",
        "--data d show tudor:I1 --known-on 1-4",
        "--data d search marg",
        "nation resolve Sliammon --region BC",
        "--data d nation resolve --file names.txt",
        "nation check bands.csv --column name --truth number --rounds 2",
        "--data d same-person list --verdict same",
        "--data d same-person show a:1 b:2",
        "--data d same-person decide a:1 b:2 --verdict different --reason cousins --dry-run",
        "--data d import a b.ged --accept-valid-rows",
        "--data d import --undo 7",
        "generate --people 10 --seed 3 --out x",
        "--data d serve --address 127.0.0.1:0",
        "--data d why-not story:child-1 June --purpose connection --as-of 2026-01-01 --order quebec-131-5",
        "--data d find c-1 --near-misses",
        "--data d pathways story:child-1 June --as-of 2026-01-01 --order connecticut-dcf",
        "pathways --check a.toml b.toml",
        "--data d match families story:child-1 --top 5 --near-misses --excluded",
        "--data d match children waitingFamilies/story:pine --near-misses",
        "--data d due --case c-1 --within 60",
        "--data d due --worker Marsh",
        "due --check a.toml",
        "orders list",
        "orders show us-icwa-foster",
        "orders check a.toml b.toml --orders own",
        "--data d verify",
        "--data d rebuild",
        "--data d migrate",
        "--data d backup b",
        "--data d restore b",
    ] {
        assert!(parsed(line).is_ok(), "{line}: {:?}", parsed(line).err());
    }
}

#[test]
fn what_does_not_go_together_is_refused() {
    for line in [
        "",
        "find",
        "--data d --server s find x",
        "--data d connect --relation aunt",
        "--data d connect --child c --relation aunt --dead --alive",
        "--data d relation A",
        "--data d why-not A",
        "--data d pathways A",
        "--data d due",
        "--data d due --case a --worker b",
        "--data d relation A B --pairs pairs.csv",
        "--data d relation",
        "--data d import",
        "--data d same-person",
        "--data d same-person decide a:1 b:2 --verdict perhaps --reason x",
        "--data d same-person decide a:1 b:2 --verdict same",
        "--data d import a --undo 7",
        "--data d find x --purpose adoption",
        "--data d find x --leads -1",
        "generate --people 0 --out x",
    ] {
        let error = parsed(line)
            .err()
            .unwrap_or_else(|| panic!("taken: {line}"));
        assert_eq!(error.exit_code(), 2, "{line}");
    }
}

#[test]
fn every_command_shows_an_example() {
    for command in Arguments::command().get_subcommands() {
        let help = command.get_after_help().map(ToString::to_string);
        assert!(
            help.is_some_and(|help| help.contains("kinpath ")),
            "{} has no example",
            command.get_name()
        );
    }
}

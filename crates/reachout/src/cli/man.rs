//! `reachout man`: manual pages.

use std::path::PathBuf;

use clap::{Args, Command};
use clap_mangen::Man;

use super::{arguments::with_nearest, failure::Failure, output::Output};

/// Print the manual page of a command, or write those of all commands
#[derive(Args)]
#[command(after_long_help = "Examples:
  reachout man | man -l -
  reachout man leonar contacts list | man -l -
  reachout man --dir ~/.local/share/man/man1")]
pub struct Pages {
    /// Folder to write a page for each command to
    #[arg(long, value_name = "FOLDER", conflicts_with = "command")]
    dir: Option<PathBuf>,
    /// Of which command, such as leonar contacts list; of reachout itself if absent
    command: Vec<String>,
}

impl Pages {
    pub fn run(self, mut root: Command, output: &mut Output) -> Result<(), Failure> {
        root.build();
        let Some(folder) = self.dir else {
            let (name, command) = find(&root, &self.command)?;
            return super::output::line(String::from_utf8_lossy(&page(&name, command).map_err(Failure::from)?).trim_end());
        };
        let unwritable = |error: std::io::Error| Failure::usage(format!("{} cannot be written: {error}", folder.display()));
        std::fs::create_dir_all(&folder).map_err(unwritable)?;
        let mut written = 0;
        for (name, command) in all("reachout".to_owned(), &root) {
            let file = tempfile::NamedTempFile::new_in(&folder).map_err(unwritable)?;
            std::fs::write(file.path(), page(&name, command).map_err(unwritable)?).map_err(unwritable)?;
            file.persist(folder.join(format!("{name}.1"))).map_err(|error| unwritable(error.error))?;
            written += 1;
        }
        output.object(&serde_json::json!({ "pages": written, "folder": folder }))
    }
}

/// The command of these words, and the name of its page.
fn find<'c>(root: &'c Command, words: &[String]) -> Result<(String, &'c Command), Failure> {
    let mut found = ("reachout".to_owned(), root);
    for word in words {
        let Some(command) = found.1.find_subcommand(word) else {
            let known = found.1.get_subcommands().map(Command::get_name);
            let sentence = format!("{} has no command `{}`", found.0.replace('-', " "), word.escape_debug());
            return Err(Failure::usage(with_nearest(sentence, word, known)));
        };
        found = (format!("{}-{word}", found.0), command);
    }
    Ok(found)
}

/// A command and all below it.
fn all(name: String, command: &Command) -> Vec<(String, &Command)> {
    let below = command.get_subcommands().filter(|below| below.get_name() != "help");
    let below: Vec<_> = below.flat_map(|below| all(format!("{name}-{}", below.get_name()), below)).collect();
    std::iter::once((name, command)).chain(below).collect()
}

fn page(name: &str, command: &Command) -> std::io::Result<Vec<u8>> {
    let mut page = Vec::new();
    // The name of a page has hyphens where the command has spaces.
    Man::new(command.clone().name(name.to_owned())).render(&mut page)?;
    Ok(page)
}

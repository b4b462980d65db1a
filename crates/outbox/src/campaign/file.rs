//! A sequence in a file: YAML that a person can read and a repository can hold.

use std::collections::BTreeSet;
use std::fmt;
use std::num::NonZeroU32;
use std::path::Path;

use jiff::civil::{Date, Time};
use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;

use super::{Bounds, Calendar, Caps, Day, Delay, Frequency, Sequence, SequenceError, Step, Window};
use crate::nearest::did_you_mean;
use crate::{Account, Channel, Clock, SignalKind, Template};

/// A file that holds no sequence: which, where in it, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {why}", .line.map(|line| format!(" line {line}")).unwrap_or_default())]
#[non_exhaustive]
pub struct FileError {
    /// The file.
    pub file: String,
    /// The line of it, from 1, where one is to blame.
    pub line: Option<u64>,
    /// What is wrong, and what to write instead.
    pub why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    name: Spanned<String>,
    account: Option<Spanned<String>>,
    #[serde(default)]
    accounts: Vec<Spanned<String>>,
    #[serde(default)]
    senders: Vec<String>,
    stop_on: Option<Vec<Spanned<String>>>,
    zone: Option<Spanned<String>>,
    window: Option<Windows>,
    holidays: Option<Spanned<String>>,
    #[serde(default)]
    same_day: bool,
    new_people_a_day: Option<NonZeroU32>,
    caps: Option<Caps>,
    frequency: Option<Frequency>,
    pause_when: Option<BoundsInFile>,
    steps: Vec<Spanned<StepInFile>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct StepInFile {
    channel: Option<Spanned<String>>,
    after: Option<Spanned<String>>,
    subject: Option<Spanned<String>>,
    template: Spanned<String>,
    #[serde(default)]
    variants: Vec<Spanned<String>>,
    #[serde(default)]
    reply_in_thread: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct WindowInFile {
    days: Option<Vec<Spanned<String>>>,
    from: Spanned<String>,
    to: Spanned<String>,
    zone: Option<Spanned<String>>,
    otherwise: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct BoundsInFile {
    refused: Option<Spanned<String>>,
    bounced: Option<Spanned<String>>,
    complained: Option<Spanned<String>>,
    unsubscribed: Option<Spanned<String>>,
    minimum: Option<u32>,
}

/// One window, or a list of them.
struct Windows(Vec<WindowInFile>);

impl<'de> Deserialize<'de> for Windows {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMore;

        impl<'de> Visitor<'de> for OneOrMore {
            type Value = Windows;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a window, or a list of windows")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Windows, A::Error> {
                WindowInFile::deserialize(MapAccessDeserializer::new(map)).map(|window| Windows(vec![window]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Windows, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(seq)).map(Windows)
            }
        }

        deserializer.deserialize_any(OneOrMore)
    }
}

impl Sequence {
    /// Reads a file of YAML; its templates and holidays are files beside it. Everything that can be wrong before people are known is an
    /// error with its line.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, FileError> {
        let path = path.as_ref();
        let reading = Reading { file: path.display().to_string(), folder: path.parent().unwrap_or_else(|| Path::new("")) };
        let text = std::fs::read_to_string(path).map_err(|error| reading.wrong(None, format!("it cannot be read: {error}")))?;
        let file: File = serde_saphyr::from_str(&text).map_err(|error| reading.unreadable(&error))?;
        reading.sequence(file)
    }
}

struct Reading<'p> {
    file: String,
    folder: &'p Path,
}

impl Reading<'_> {
    fn wrong(&self, line: Option<u64>, why: impl Into<String>) -> FileError {
        FileError { file: self.file.clone(), line, why: why.into() }
    }

    /// An error about a value, with its line.
    fn at<T>(&self, place: &Spanned<T>, why: impl fmt::Display) -> FileError {
        self.wrong(Some(place.referenced.line()), why.to_string())
    }

    fn unreadable(&self, error: &serde_saphyr::Error) -> FileError {
        let line = error.location().map(|location| location.line());
        let why = match error.without_snippet() {
            serde_saphyr::Error::SerdeUnknownField { field, expected, .. } => {
                let known = expected.join(", ");
                did_you_mean(format!("the field `{field}` is not known; these are: {known}"), field, expected.iter().copied())
            }
            serde_saphyr::Error::SerdeMissingField { field, .. } => format!("the field `{field}` is missing"),
            // The place is named before it.
            other => other.to_string().lines().next().unwrap_or_default().to_owned(),
        };
        self.wrong(line, why)
    }

    fn sequence(&self, file: File) -> Result<Sequence, FileError> {
        let lines: Vec<_> = file.steps.iter().map(|step| step.referenced.line()).collect();
        let name = file.name.referenced.line();
        let mut sequence = Sequence {
            accounts: self.accounts(&file)?,
            senders: file.senders,
            same_day: file.same_day,
            new_people_a_day: file.new_people_a_day,
            caps: file.caps,
            frequency: file.frequency,
            bounds: file.pause_when.map(|bounds| self.bounds(&bounds)).transpose()?,
            calendar: self.calendar(file.zone.as_ref(), file.window, file.holidays.as_ref())?,
            steps: file.steps.iter().map(|step| self.step(&step.value)).collect::<Result<_, _>>()?,
            ..Sequence::new(file.name.value, Account::new(reachout_messenger::Vendor::Leonar, Account::DEFAULT))
        };
        if let Some(kinds) = &file.stop_on {
            sequence.stop_on = self.stop_on(kinds)?;
        }
        sequence.check().map_err(|error| {
            let line = match &error {
                SequenceError::Name => Some(name),
                SequenceError::Step { step, .. } => lines.get(step - 1).copied(),
                _ => None,
            };
            self.wrong(line, error.to_string())
        })?;
        Ok(sequence)
    }

    fn accounts(&self, file: &File) -> Result<Vec<Account>, FileError> {
        if let (Some(one), [first, ..]) = (&file.account, file.accounts.as_slice()) {
            let why = format!("`account` and `accounts` in line {} say the same; leave one of them out", first.referenced.line());
            return Err(self.at(one, why));
        }
        let account = |text: &Spanned<String>| text.value.parse::<Account>().map_err(|error| self.at(text, error));
        file.account.iter().chain(&file.accounts).map(account).collect()
    }

    fn stop_on(&self, kinds: &[Spanned<String>]) -> Result<BTreeSet<SignalKind>, FileError> {
        let word = |text: &Spanned<String>| match text.value.as_str() {
            "reply" => Ok(SignalKind::Replied),
            "bounce" => Ok(SignalKind::Bounced),
            "unsubscribe" => Ok(SignalKind::Unsubscribed),
            other => {
                let sentence = format!("`{other}` is nothing to stop on; these are: reply, bounce, unsubscribe");
                Err(self.at(text, did_you_mean(sentence, other, ["reply", "bounce", "unsubscribe"])))
            }
        };
        let found: BTreeSet<_> = kinds.iter().map(word).collect::<Result<_, _>>()?;
        match (found.contains(&SignalKind::Unsubscribed), kinds.first()) {
            (true, _) => Ok(found),
            (false, Some(first)) => Err(self.at(first, "an unsubscription ends a sequence in any case; add `unsubscribe` to `stop-on`")),
            (false, None) => Err(self.wrong(None, "an unsubscription ends a sequence in any case; add `unsubscribe` to `stop-on`")),
        }
    }

    fn bounds(&self, bounds: &BoundsInFile) -> Result<Bounds, FileError> {
        let share = |text: &Option<Spanned<String>>| {
            let Some(text) = text else { return Ok(None) };
            let number = text.value.trim().strip_suffix('%').and_then(|number| number.trim().parse().ok());
            let wrong = || self.at(text, format!("`{}` is not a share; write one such as 5%", text.value.escape_debug()));
            number.map(Some).ok_or_else(wrong)
        };
        Ok(Bounds {
            refused: share(&bounds.refused)?,
            bounced: share(&bounds.bounced)?,
            complained: share(&bounds.complained)?,
            unsubscribed: share(&bounds.unsubscribed)?,
            minimum: bounds.minimum.unwrap_or(Bounds::default().minimum),
        })
    }

    fn calendar(
        &self,
        zone: Option<&Spanned<String>>,
        windows: Option<Windows>,
        holidays: Option<&Spanned<String>>,
    ) -> Result<Calendar, FileError> {
        let windows = windows.map_or_else(Vec::new, |windows| windows.0);
        let zones = || windows.iter().filter_map(|window| window.zone.as_ref()).chain(zone);
        let one = zones().next();
        if let Some(other) = zones().find(|other| one.is_some_and(|one| one.value != other.value)) {
            return Err(self.at(other, "a campaign goes by one clock; write the same `zone` everywhere, or once"));
        }
        let otherwise = windows.iter().find_map(|window| window.otherwise.as_ref());
        let (clock, requires_zone) = match one {
            None => (Clock::utc(), false),
            Some(text) if text.value == "recipient" => match otherwise {
                Some(zone) => (Clock::recipient(&zone.value).map_err(|error| self.at(zone, error))?, false),
                None => (Clock::Recipient(Clock::utc().zone().clone()), true),
            },
            Some(text) => (Clock::sender(&text.value).map_err(|error| self.at(text, error))?, false),
        };
        Ok(Calendar {
            requires_zone,
            windows: windows.iter().map(|window| self.window(window)).collect::<Result<_, _>>()?,
            holidays: holidays.map_or_else(|| Ok(BTreeSet::new()), |file| self.holidays(file))?,
            ..Calendar::new(clock)
        })
    }

    fn window(&self, window: &WindowInFile) -> Result<Window, FileError> {
        let day = |text: &Spanned<String>| text.value.parse::<Day>().map_err(|error| self.at(text, error));
        let days: BTreeSet<Day> = match &window.days {
            Some(days) => days.iter().map(day).collect::<Result<_, _>>()?,
            None => Day::WORKING.into(),
        };
        let time = |text: &Spanned<String>| {
            let wrong = |_| self.at(text, format!("`{}` is not a time of the day; write one such as \"09:00\"", text.value.escape_debug()));
            text.value.parse::<Time>().map_err(wrong)
        };
        Window::new(days, time(&window.from)?, time(&window.to)?).map_err(|error| self.at(&window.from, error))
    }

    /// A date a line; a `#` begins a comment.
    fn holidays(&self, file: &Spanned<String>) -> Result<BTreeSet<Date>, FileError> {
        let text = self.beside(file)?;
        let mut days = BTreeSet::new();
        for (number, line) in (1..).zip(text.lines()) {
            let date = line.split('#').next().unwrap_or_default().trim();
            if date.is_empty() {
                continue;
            }
            let why = format!("`{}` is not a date; write one a line, such as 2026-12-25", date.escape_debug());
            days.insert(date.parse().map_err(|_| FileError { file: file.value.clone(), line: Some(number), why })?);
        }
        Ok(days)
    }

    fn step(&self, step: &StepInFile) -> Result<Step, FileError> {
        let channel = |text: &Spanned<String>| text.value.parse::<Channel>().map_err(|error| self.at(text, error));
        let delay = |text: &Spanned<String>| text.value.parse::<Delay>().map_err(|error| self.at(text, error));
        let mut templates = Vec::with_capacity(1 + step.variants.len());
        for name in std::iter::once(&step.template).chain(&step.variants) {
            let template = Template::parse(&name.value, &self.beside(name)?).map_err(|error| self.at(name, error))?;
            templates.push(match &step.subject {
                Some(subject) => template.with_subject(&subject.value).map_err(|error| self.at(subject, error))?,
                None => template,
            });
        }
        Ok(Step {
            channel: step.channel.as_ref().map(channel).transpose()?,
            after: step.after.as_ref().map_or_else(|| Ok(Delay::Time(std::time::Duration::ZERO)), delay)?,
            reply_in_thread: step.reply_in_thread,
            templates,
        })
    }

    /// The text of a file that this one names.
    fn beside(&self, name: &Spanned<String>) -> Result<String, FileError> {
        let path = self.folder.join(&name.value);
        std::fs::read_to_string(&path).map_err(|error| self.at(name, format!("{} cannot be read: {error}", path.display())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"name: roles-in-paris
account: leonar/default
stop-on: [reply, bounce, unsubscribe]
window: { days: [mon, tue, wed, thu, fri], from: "09:00", to: "17:30", zone: recipient }
holidays: holidays.txt
new-people-a-day: 40
caps: { hour: 10, day: 60 }
frequency: { campaigns: 2, days: 30 }
pause-when: { refused: 5%, minimum: 20 }
steps:
  - { channel: email, subject: "A role in Paris", template: hello.md }
  - { after: 3d, channel: email, template: hello.md, subject: "Again", variants: [short.md] }
  - { after: 5 working days, channel: linkedin, template: short.md }
"#;

    fn read(text: &str) -> Result<Sequence, String> {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("hello.md", "Hi {{ first_name }}");
        write("short.md", "Hello");
        write("broken.md", "Hi\n{{ first_name");
        write("holidays.txt", "# France\n2026-12-25 # Christmas\n");
        write("days.txt", "2026-12-25\n25.12.\n");
        write("roles.yaml", text);
        let prefix = format!("{}/", folder.path().display());
        Sequence::read(folder.path().join("roles.yaml")).map_err(|error| error.to_string().replace(&prefix, ""))
    }

    #[test]
    fn a_file_is_a_sequence() {
        let sequence = read(WHOLE).unwrap();
        assert_eq!((sequence.name.as_str(), sequence.steps.len(), sequence.steps[1].templates.len()), ("roles-in-paris", 3, 2));
        assert_eq!((sequence.steps[1].after, sequence.steps[2].after), (Delay::days(3), Delay::WorkingDays(5)));
        assert!(sequence.calendar.requires_zone && sequence.calendar.holidays.len() == 1 && sequence.calendar.windows.len() == 1);
        assert_eq!(sequence.bounds.unwrap().refused, Some(5.0));
        let json = serde_json::to_string(&sequence).unwrap();
        assert_eq!(serde_json::from_str::<Sequence>(&json).unwrap(), sequence, "it is kept as JSON");
        let threaded = WHOLE.replace(", subject: \"Again\"", ", reply-in-thread: true");
        assert!(read(&threaded).is_ok(), "what answers has the subject of what it answers");
        let two = WHOLE.replace("window: {", "window:\n  - { days: [sat], from: \"10:00\", to: \"11:00\" }\n  - {");
        assert_eq!(read(&two).unwrap().calendar.windows.len(), 2);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let cases = [
            (
                "template: hello.md }",
                "tempalte: hello.md }",
                "roles.yaml line 11: the field `tempalte` is not known; these are: channel, after, subject, template, variants, reply-in-thread; did you mean `template`?",
            ),
            ("frequency:", "frequenzy:", "roles.yaml line 8: the field `frequenzy` is not known; these are:"),
            ("template: hello.md }", "template: none.md }", "roles.yaml line 11: none.md cannot be read: "),
            ("template: hello.md }", "template: broken.md }", "roles.yaml line 11: broken.md line 2: "),
            ("after: 3d", "after: soon", "roles.yaml line 12: `soon` is not a delay; write one such as 36h, 3d or 5 working days"),
            ("after: 3d", "after: 2h", "roles.yaml line 12: step 2: it is due within a day"),
            ("channel: linkedin", "channel: sms", "roles.yaml line 13: step 3: Leonar does not send by sms"),
            ("channel: linkedin", "channel: linkedn", "roles.yaml line 13: "),
            ("subject: \"A role in Paris\", ", "", "roles.yaml line 11: step 1: "),
            (
                "hello.md }\n  - {",
                "hello.md, reply-in-thread: true }\n  - {",
                "roles.yaml line 11: step 1: the first step has nothing to reply to",
            ),
            (", subject: \"Again\"", "", "roles.yaml line 12: step 2: "),
            ("leonar/default", "leonard/default", "roles.yaml line 2: "),
            ("unsubscribe]", "bounce]", "roles.yaml line 3: an unsubscription ends a sequence in any case"),
            ("reply, ", "answer, ", "roles.yaml line 3: `answer` is nothing to stop on; these are: reply, bounce, unsubscribe"),
            ("mon,", "monday,", "roles.yaml line 4: `monday` is not a day; these are: mon"),
            ("\"17:30\"", "\"08:00\"", "roles.yaml line 4: a window ends after it begins"),
            (
                "zone: recipient",
                "zone: Europe/Pariss",
                "roles.yaml line 4: \"Europe/Pariss\" is not a known time zone; write one such as Europe/Paris",
            ),
            ("holidays.txt", "days.txt", "days.txt line 2: `25.12.` is not a date"),
            ("5%", "0%", "roles.yaml: a bound is a share in percent"),
            ("5%", "many", "roles.yaml line 9: `many` is not a share; write one such as 5%"),
            ("name: roles-in-paris", "name: roles/paris", "roles.yaml line 1: a campaign's name is 1 to 100 bytes without `/`"),
        ];
        for (there, instead, why) in cases {
            let error = read(&WHOLE.replacen(there, instead, 1)).expect_err(instead);
            assert!(error.starts_with(why), "{instead}: {error}");
        }
    }
}

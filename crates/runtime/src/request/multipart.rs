//! `multipart/form-data` bodies (RFC 7578).

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use futures_core::future::BoxFuture;
use futures_core::stream::BoxStream;
use futures_util::StreamExt as _;
use futures_util::stream::try_unfold;
use reqwest::multipart as wire;
use tokio::fs::File;
use tokio::io::AsyncReadExt as _;

use crate::error::Error;

/// A form of named parts.
///
/// ```
/// use reachout_runtime::multipart::{Form, Part};
///
/// let form = Form::new()
///     .text("conversationId", "ve9EPM428h8vShlRW1KT")
///     .part("fileAttachment", Part::file("./offer.pdf").media_type("application/pdf"));
/// ```
#[derive(Clone)]
#[must_use = "a form does nothing until it is sent"]
pub struct Form {
    parts: Vec<(String, Part)>,
    /// [`open`], which only forms lead to: a program that makes none is without file access and the table of media types, 300 KB.
    open: fn(&Self) -> BoxFuture<'_, Result<Attach, Error>>,
}

/// Puts a form into a request.
pub(crate) type Attach = Box<dyn FnOnce(reqwest::RequestBuilder) -> reqwest::RequestBuilder + Send>;

/// One part of a [`Form`].
///
/// Files are read while they are sent, never as a whole, and are opened again for each attempt. A stream can be read
/// only once, so a request with one is never retried after its first byte was taken; clones of a part share it.
#[derive(Clone)]
#[must_use = "a part does nothing until it is in a form"]
pub struct Part {
    content: Content,
    file_name: Option<String>,
    media_type: Option<String>,
}

#[derive(Clone)]
enum Content {
    Bytes(Bytes),
    File(PathBuf),
    Stream(OnceStream),
}

impl Form {
    /// A form without parts.
    pub fn new() -> Self {
        Self { parts: Vec::new(), open }
    }

    /// Adds a text field.
    pub fn text(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.part(name, Part::text(value))
    }

    /// Adds a file; its name and media type follow from the path.
    pub fn file(self, name: impl Into<String>, path: impl Into<PathBuf>) -> Self {
        self.part(name, Part::file(path))
    }

    /// Adds a part.
    pub fn part(mut self, name: impl Into<String>, part: Part) -> Self {
        self.parts.push((name.into(), part));
        self
    }

    /// Adds a part after the texts and before whatever else there is.
    pub(crate) fn before_files(mut self, name: &str, part: Part) -> Self {
        let at = self.parts.iter().position(|(_, part)| !part.is_text()).unwrap_or(self.parts.len());
        self.parts.insert(at, (name.to_owned(), part));
        self
    }

    /// Whether all parts can be produced again: no byte of a stream was taken.
    pub(crate) fn is_repeatable(&self) -> bool {
        self.parts.iter().all(|(_, part)| !matches!(&part.content, Content::Stream(stream) if stream.is_begun()))
    }

    /// The form of one attempt; opens the files.
    pub(crate) fn open(&self) -> BoxFuture<'_, Result<Attach, Error>> {
        (self.open)(self)
    }
}

fn open(form: &Form) -> BoxFuture<'_, Result<Attach, Error>> {
    Box::pin(async {
        let mut opened = wire::Form::new();
        for (name, part) in &form.parts {
            opened = opened.part(name.clone(), part.open(name).await?);
        }
        Ok(Box::new(|request: reqwest::RequestBuilder| request.multipart(opened)) as Attach)
    })
}

impl Default for Form {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Form").field("parts", &self.parts).finish_non_exhaustive()
    }
}

impl Part {
    /// A text field.
    pub fn text(value: impl Into<String>) -> Self {
        Self::bytes(value.into())
    }

    /// Bytes in memory.
    pub fn bytes(value: impl Into<Bytes>) -> Self {
        Self::new(Content::Bytes(value.into()))
    }

    /// A file; its name and media type follow from the path unless they are set. One that turns out shorter or longer than it was when
    /// it was opened breaks the request off.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self::new(Content::File(path.into()))
    }

    /// A stream of exactly `length` bytes. One that turns out shorter or longer breaks the request off.
    pub fn stream(stream: impl Stream<Item = io::Result<Bytes>> + Send + 'static, length: u64) -> Self {
        Self::new(Content::Stream(OnceStream::new(stream, length)))
    }

    /// The file name that the vendor sees.
    pub fn file_name(mut self, name: impl Into<String>) -> Self {
        self.file_name = Some(name.into());
        self
    }

    /// The media type that the vendor sees, such as `application/pdf`.
    pub fn media_type(mut self, media_type: impl Into<String>) -> Self {
        self.media_type = Some(media_type.into());
        self
    }

    fn is_text(&self) -> bool {
        matches!(self.content, Content::Bytes(_)) && self.file_name.is_none() && self.media_type.is_none()
    }

    fn new(content: Content) -> Self {
        Self { content, file_name: None, media_type: None }
    }

    async fn open(&self, name: &str) -> Result<wire::Part, Error> {
        let mut part = match &self.content {
            Content::Bytes(bytes) => wire::Part::stream(bytes.clone()),
            Content::File(path) => open_file(path).await.map_err(|error| {
                Error::invalid_request(format!("the file {} of part `{name}` cannot be opened: {error}", path.display())).with_source(error)
            })?,
            Content::Stream(stream) => wire::Part::stream_with_length(reqwest::Body::wrap_stream(stream.clone()), stream.0.length),
        };
        if let Some(file_name) = &self.file_name {
            part = part.file_name(file_name.clone());
        }
        if let Some(media_type) = &self.media_type {
            part = part
                .mime_str(media_type)
                .map_err(|error| Error::invalid_request(format!("the media type of part `{name}` is not one")).with_source(error))?;
        }
        Ok(part)
    }
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let content = match &self.content {
            Content::Bytes(bytes) => format!("{} bytes", bytes.len()),
            Content::File(path) => path.display().to_string(),
            Content::Stream(stream) => format!("stream of {} bytes", stream.0.length),
        };
        f.debug_struct("Part").field("content", &content).field("file_name", &self.file_name).field("media_type", &self.media_type).finish()
    }
}

async fn open_file(path: &Path) -> io::Result<wire::Part> {
    // A directory could be opened and not read; a pipe has no length, and opening it may never end.
    if !tokio::fs::metadata(path).await?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let file = File::open(path).await?;
    let length = file.metadata().await?.len();
    let media_type = mime_guess::from_path(path).first_or_octet_stream();
    let part = wire::Part::stream_with_length(reqwest::Body::wrap_stream(Exact::new(pieces(file), length, "file")), length)
        .mime_str(media_type.as_ref())
        .map_err(io::Error::other)?;
    Ok(match path.file_name() {
        Some(name) => part.file_name(name.to_string_lossy().into_owned()),
        None => part,
    })
}

/// What a file holds, as it is read.
fn pieces(file: File) -> impl Stream<Item = io::Result<Bytes>> + Send {
    const PIECE: usize = 64 * 1024;
    try_unfold(file, async |mut file| {
        let mut piece = BytesMut::with_capacity(PIECE);
        let read = file.read_buf(&mut piece).await?;
        Ok((read > 0).then(|| (piece.freeze(), file)))
    })
}

/// A stream that several attempts may be given, as long as none of them has taken anything from it.
#[derive(Clone)]
struct OnceStream(Arc<Once>);

struct Once {
    length: u64,
    begun: AtomicBool,
    rest: Mutex<Exact>,
}

impl OnceStream {
    fn new(stream: impl Stream<Item = io::Result<Bytes>> + Send + 'static, length: u64) -> Self {
        Self(Arc::new(Once { length, begun: AtomicBool::new(false), rest: Mutex::new(Exact::new(stream, length, "stream")) }))
    }

    fn is_begun(&self) -> bool {
        self.0.begun.load(Ordering::Acquire)
    }
}

impl Stream for OnceStream {
    type Item = io::Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.begun.store(true, Ordering::Release);
        self.0.rest.lock().unwrap_or_else(PoisonError::into_inner).poll_next_unpin(cx)
    }
}

/// A stream of as many bytes as were declared, or an error. A form of a wrong length would reach the vendor cut off, as if it were complete.
struct Exact {
    stream: BoxStream<'static, io::Result<Bytes>>,
    /// Bytes still to come.
    due: u64,
    /// What it is, for people.
    what: &'static str,
}

impl Exact {
    fn new(stream: impl Stream<Item = io::Result<Bytes>> + Send + 'static, length: u64, what: &'static str) -> Self {
        Self { stream: Box::pin(stream), due: length, what }
    }
}

impl Stream for Exact {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let piece = ready!(self.stream.as_mut().poll_next(cx)?);
        let length = piece.as_ref().map_or(0, |piece| piece.len() as u64);
        let rest = match piece {
            None if self.due > 0 => Err("shorter"),
            _ => self.due.checked_sub(length).ok_or("longer"),
        };
        match rest {
            Ok(due) => {
                self.due = due;
                Poll::Ready(piece.map(Ok))
            }
            Err(how) => {
                let what = self.what;
                Poll::Ready(Some(Err(io::Error::other(format!("the {what} is {how} than its declared length")))))
            }
        }
    }
}

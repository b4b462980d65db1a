//! Attachments, whole and in steps.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::api::refusal::Refusal;
use crate::engine::call::{Call, Handler};
use crate::engine::store::{Fields, fields};

/// The types of file that the vendor lists.
const TYPES: [&str; 13] = ["jpg", "jpeg", "png", "mp4", "mpeg", "zip", "rar", "pdf", "doc", "docx", "txt", "mp3", "wav"];

pub(crate) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "upload_attachments" => upload_attachments,
        "initiate_upload" => initiate_upload,
        "complete_upload" => complete_upload,
        _ => return None,
    })
}

fn extension(name: &str) -> String {
    name.rsplit_once('.').map_or("", |(_, extension)| extension).to_lowercase()
}

fn url(call: &Call<'_>, name: &str) -> String {
    let (location, conversation) = (call.body_text("locationId"), call.body_text("conversationId"));
    format!("https://files.sandbox.invalid/location/{location}/conversations/{conversation}/{}.{}", Uuid::new_v4(), extension(name))
}

fn upload_attachments(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let mut uploaded = Fields::new();
    for file in &call.checked.files {
        if !TYPES.contains(&extension(&file.name).as_str()) {
            return Err(Refusal::FileType(file.name.clone()));
        }
        uploaded.insert(file.name.clone(), url(call, &file.name).into());
    }
    Ok(json!({ "uploadedFiles": uploaded }))
}

fn initiate_upload(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let (id, now) = (Uuid::new_v4().to_string(), call.store.now());
    let path = format!(
        "location/{}/conversations/{}/{id}.{}",
        call.body_text("locationId"),
        call.body_text("conversationId"),
        extension(call.body_text("filename"))
    );
    let size = call.checked.body["fileSize"].clone();
    call.store.insert("upload", &id, fields(json!({ "filePath": path, "size": size, "contentType": call.body_text("contentType") })));
    Ok(json!({
        "uploadUrl": format!("{}/_sandbox/uploads/{id}", call.origin), "uploadId": id, "filePath": path,
        // A quarter of an hour, as the vendor says.
        "expiresAt": now.timestamp_millis() + 900_000, "maxFileSize": 104_857_600,
    }))
}

fn complete_upload(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let documented =
        call.operation.body.and_then(|body| body.content.example).is_some_and(|example| example["uploadId"] == call.body_text("uploadId"));
    let upload = call.store.remove("upload", call.body_text("uploadId"));
    if upload.is_none() && !documented {
        return Err(Refusal::not_found("uploadId", "upload"));
    }
    let upload = upload.unwrap_or_default();
    let name = call.body_text("filename");
    let files = Fields::from_iter([(name.to_owned(), url(call, name).into())]);
    Ok(json!({ "uploadedFiles": files, "metadata": { "size": upload.get("size"), "contentType": upload.get("contentType") } }))
}

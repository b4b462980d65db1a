//! Uploads: the operations whose request no JSON example can show.

use reachout_runtime::multipart::Part;
use reachout_tests::Wire;

#[tokio::test]
async fn hoop_ai_upload_attachments() {
    let wire = Wire::start(&hoop_ai::VENDOR, hoop_ai::OPENAPI, "upload_attachments").await;
    let client: hoop_ai::Client = wire.client(hoop_ai::Client::builder());
    let response = client
        .upload_attachments()
        .conversation_id("ve9EPM428h8vShlRW1KT")
        .location_id("ve9EPM428h8vShlRW1KT")
        .file_attachment(Part::bytes(&b"%PDF-1.7"[..]).file_name("file1.pdf").media_type("application/pdf"))
        .send()
        .await
        .unwrap();
    wire.decoded(&response.into_inner());
    wire.assert();
}

#[tokio::test]
async fn leadway_upload_attachments_streams_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file1.txt");
    std::fs::write(&path, "Hello").unwrap();

    let wire = Wire::start(&leadway::VENDOR, leadway::OPENAPI, "upload_attachments").await;
    let client: leadway::Client = wire.client(leadway::Client::builder());
    let response = client
        .upload_attachments()
        .conversation_id("ve9EPM428h8vShlRW1KT")
        .contact_id("ve9EPM428h8vShlRW1KT")
        .location_id("ve9EPM428h8vShlRW1KT")
        .chat_service_sid("ISxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")
        .is_group_sms("true")
        .file_attachment(Part::file(&path))
        .send()
        .await
        .unwrap();
    wire.decoded(&response.into_inner());
    wire.assert();
}

#[tokio::test]
async fn an_upload_without_a_file_is_not_sent() {
    let wire = Wire::start(&leadway::VENDOR, leadway::OPENAPI, "upload_attachments").await;
    let client: leadway::Client = wire.client(leadway::Client::builder());
    let call = client.upload_attachments().conversation_id("v").contact_id("c").location_id("l");
    let error = call.send().await.unwrap_err();
    assert_eq!(error.kind(), reachout_runtime::ErrorKind::InvalidRequest);
    assert!(error.to_string().contains("file_attachment: no file was given"), "{error}");
}

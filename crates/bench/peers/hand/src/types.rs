use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

#[derive(Debug, Deserialize)]
pub struct Data<T> {
    pub data: T,
}

#[derive(Debug, Deserialize)]
pub struct Page<T> {
    pub data: Vec<T>,
    pub meta: Meta,
}

#[derive(Debug, Deserialize)]
pub struct Meta {
    pub total: i64,
    pub limit: i64,
    pub offset: i64,
    pub has_more: bool,
}

#[derive(Debug, Serialize)]
pub struct SendMessage<'a> {
    pub contact_id: Uuid,
    pub channel: Channel,
    pub content: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<&'a str>,
}

#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    Email,
    Linkedin,
    Whatsapp,
}

#[derive(Debug, Deserialize)]
pub struct Message {
    pub id: Uuid,
    pub conversation_id: Option<Uuid>,
    pub direction: Option<String>,
    pub content: Option<String>,
    pub channel: Option<String>,
    pub sent_at: Option<DateTime<Utc>>,
    pub read_at: Option<DateTime<Utc>>,
    pub contact: Option<Contact>,
}

#[derive(Debug, Deserialize)]
pub struct Contact {
    pub id: Uuid,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub title: Option<String>,
    pub current_company: Option<String>,
    pub location: Option<String>,
    pub linkedin_profile: Option<String>,
    pub emails: Option<Vec<Email>>,
    pub phones: Option<Vec<Phone>>,
    pub tags: Option<Vec<String>>,
    pub global_status: Option<Status>,
    pub source: Option<String>,
    pub summary: Option<String>,
    pub skills: Option<Vec<String>>,
    pub languages: Option<Vec<String>>,
    pub years_experience: Option<i64>,
    pub custom_data: Option<Map<String, Value>>,
    pub do_not_contact: Option<bool>,
    pub created_at: Option<DateTime<Utc>>,
    pub updated_at: Option<DateTime<Utc>>,
    pub last_contacted_at: Option<DateTime<Utc>>,
    pub archived_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Deserialize)]
pub struct Email {
    pub email: Option<String>,
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Phone {
    pub phone: Option<String>,
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    New,
    Contacted,
    Replied,
    Qualified,
    Archived,
    #[serde(other)]
    Unknown,
}

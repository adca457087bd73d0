//! A server on loopback: health, reflection, and the errors that a client sees.

use super::live::{channel, limits, with_store};
use kinpath::api::{Client, v1};
use kinpath::error::Error;
use kinpath::store::{Store, StoreOptions};
use std::future::Future;
use std::sync::Arc;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

fn store() -> Arc<Store> {
    let store = Store::in_memory(&StoreOptions::default());
    Arc::new(store.expect("an empty store"))
}

/// Runs a server, asks it, stops it.
fn with_server<Asking: Future<Output = ()>>(ask: impl FnOnce(String) -> Asking) {
    with_store(store(), limits(), ask);
}

/// Sends any message to any method, as a careless client would.
async fn send<Message>(address: &str, method: &str, message: Message) -> Status
where
    Message: prost::Message + Send + Sync + 'static,
{
    let mut grpc = tonic::client::Grpc::new(channel(address).await);
    grpc.ready().await.expect("ready");
    let path = format!("/kinpath.v1.FamilyFindingService/{method}");
    let path = path.parse().expect("a path");
    let codec = tonic_prost::ProstCodec::<Message, v1::ListRelativesResponse>::default();
    grpc.unary(Request::new(message), path, codec)
        .await
        .expect_err("it must be refused")
}

fn reason(status: &Status) -> String {
    let info = status.get_details_error_info().expect("one reason");
    info.reason
}

#[test]
fn bad_questions_are_refused_with_the_field() {
    with_server(|address| async move {
        let mut client = Client::connect(&address).await.expect("a server");
        let field = |error: Error| match error {
            Error::InvalidInput { field, .. } => field,
            other => panic!("{other:?}"),
        };
        let empty = client.find_family(v1::FindFamilyRequest::default()).await;
        assert_eq!(field(empty.expect_err("no child")), "child");
        let request = v1::FindFamilyRequest {
            child: "people/X".to_owned(),
            as_of: "31 February".to_owned(),
            ..v1::FindFamilyRequest::default()
        };
        let day = client.find_family(request).await;
        assert_eq!(field(day.expect_err("no day")), "as_of");
        let request = v1::ListRelativesRequest {
            person: "people/X".to_owned(),
            degree: 99,
            ..v1::ListRelativesRequest::default()
        };
        let degree = client.list_relatives(request).await;
        assert_eq!(field(degree.expect_err("too far")), "degree");
        let request = v1::FindFamilyRequest {
            child: "people/X".to_owned(),
            purpose: 77,
            ..v1::FindFamilyRequest::default()
        };
        let purpose = client.find_family(request).await;
        assert_eq!(field(purpose.expect_err("no purpose")), "purpose");
        let request = v1::RecordConnectionRequest {
            child: "people/X".to_owned(),
            relation: "aunt".to_owned(),
            ..v1::RecordConnectionRequest::default()
        };
        let id = client.record_connection(request).await;
        assert_eq!(field(id.expect_err("no request id")), "request_id");
    });
}

#[test]
fn who_is_not_recorded_is_not_found() {
    with_server(|address| async move {
        let mut client = Client::connect(&address).await.expect("a server");
        for reference in ["people/00000000000000000000000001", "tudor:I58", "Nobody"] {
            let request = v1::FindFamilyRequest {
                child: reference.to_owned(),
                ..v1::FindFamilyRequest::default()
            };
            let error = client.find_family(request).await.expect_err("nobody");
            assert!(
                matches!(error, Error::NotFound { what: "person", .. }),
                "{error:?}"
            );
        }
        let request = v1::SearchPeopleRequest {
            query: "nobody".to_owned(),
            ..v1::SearchPeopleRequest::default()
        };
        let found = client.search_people(request).await.expect("an empty list");
        assert!(found.people.is_empty());
    });
}

#[test]
fn what_tonic_refuses_is_told_conventionally() {
    with_server(|address| async move {
        // Field 1 is a number here and a text there.
        let misfit = v1::CoverageRow {
            side: 1,
            ..v1::CoverageRow::default()
        };
        let status = send(&address, "ListRelatives", misfit).await;
        assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
        assert_eq!(reason(&status), "MALFORMED_REQUEST");
        assert!(
            !status.message().contains("rotobuf"),
            "{}",
            status.message()
        );

        let huge = v1::ListRelativesRequest {
            person: "x".repeat(100 << 10),
            ..v1::ListRelativesRequest::default()
        };
        let status = send(&address, "ListRelatives", huge).await;
        assert_eq!(status.code(), Code::ResourceExhausted, "{status:?}");
        assert_eq!(reason(&status), "REQUEST_TOO_LARGE");

        let nothing = v1::ListRelativesRequest::default();
        let status = send(&address, "NoSuchMethod", nothing).await;
        assert_eq!(status.code(), Code::Unimplemented, "{status:?}");
        assert_eq!(reason(&status), "UNKNOWN_METHOD");
    });
}

#[test]
fn health_is_told_for_each_service() {
    use tonic_health::pb::HealthCheckRequest;
    use tonic_health::pb::health_check_response::ServingStatus;
    use tonic_health::pb::health_client::HealthClient;
    with_server(|address| async move {
        let mut health = HealthClient::new(channel(&address).await);
        for service in [
            "",
            "kinpath.v1.FamilyFindingService",
            "kinpath.v1.PersonService",
            "kinpath.v1.ConnectionService",
        ] {
            let request = HealthCheckRequest {
                service: service.to_owned(),
            };
            let answer = health.check(request).await.expect("known").into_inner();
            assert_eq!(answer.status(), ServingStatus::Serving, "{service}");
        }
    });
}

#[test]
fn both_versions_of_reflection_list_the_services() {
    with_server(|address| async move {
        let channel = channel(&address).await;
        {
            use tonic_reflection::pb::v1::ServerReflectionRequest;
            use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
            use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
            let request = ServerReflectionRequest {
                host: String::new(),
                message_request: Some(MessageRequest::ListServices(String::new())),
            };
            let mut client = ServerReflectionClient::new(channel.clone());
            let stream = client
                .server_reflection_info(tokio_stream::iter([request]))
                .await;
            let mut stream = stream.expect("v1 is served").into_inner();
            let answer = stream.message().await.expect("an answer");
            assert!(format!("{answer:?}").contains("kinpath.v1.FamilyFindingService"));
        }
        {
            use tonic_reflection::pb::v1alpha::ServerReflectionRequest;
            use tonic_reflection::pb::v1alpha::server_reflection_client::ServerReflectionClient;
            use tonic_reflection::pb::v1alpha::server_reflection_request::MessageRequest;
            let request = ServerReflectionRequest {
                host: String::new(),
                message_request: Some(MessageRequest::ListServices(String::new())),
            };
            let mut client = ServerReflectionClient::new(channel);
            let stream = client
                .server_reflection_info(tokio_stream::iter([request]))
                .await;
            let mut stream = stream.expect("v1alpha is served").into_inner();
            let answer = stream.message().await.expect("an answer");
            assert!(format!("{answer:?}").contains("kinpath.v1.PersonService"));
        }
    });
}

#[test]
fn reflection_describes_the_details_of_errors() {
    use tonic_reflection::pb::v1::ServerReflectionRequest;
    use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
    use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
    use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
    with_server(|address| async move {
        let mut client = ServerReflectionClient::new(channel(&address).await);
        for detail in ["ErrorInfo", "BadRequest", "PreconditionFailure"] {
            let request = ServerReflectionRequest {
                host: String::new(),
                message_request: Some(MessageRequest::FileContainingSymbol(format!(
                    "google.rpc.{detail}"
                ))),
            };
            let stream = client
                .server_reflection_info(tokio_stream::iter([request]))
                .await;
            let mut stream = stream.expect("it is served").into_inner();
            let answer = stream.message().await.expect("no error");
            let answer = answer.and_then(|answer| answer.message_response);
            assert!(
                matches!(answer, Some(MessageResponse::FileDescriptorResponse(_))),
                "{detail}: {answer:?}"
            );
        }
    });
}

#[test]
fn nobody_at_the_address_is_told_as_such() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a thread");
    let error = runtime
        .block_on(Client::connect("127.0.0.1:1"))
        .expect_err("nobody listens there");
    assert!(matches!(error, Error::Unavailable { .. }), "{error:?}");
}

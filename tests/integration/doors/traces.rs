//! Traces: what a collector is sent of requests, and what it is not.

use super::live::{channel, limits, with_bound};
use kinpath::api::{Bound, v1};
use kinpath::offload::Offload;
use kinpath::store::{Store, StoreOptions};
use kinpath::traces::Traces;
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{Request, Response, Status};

/// A collector that keeps what it is sent.
struct Collector(Mutex<mpsc::Sender<ExportTraceServiceRequest>>);

#[tonic::async_trait]
impl TraceService for Collector {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        self.0.lock().unwrap().send(request.into_inner()).unwrap();
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

/// A collector with threads of its own, its address and what it is sent.
fn collector() -> (
    tokio::runtime::Runtime,
    String,
    mpsc::Receiver<ExportTraceServiceRequest>,
) {
    let (send, sent) = mpsc::channel();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let listener = runtime
        .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
        .unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let service = TraceServiceServer::new(Collector(Mutex::new(send)));
    runtime.spawn(
        tonic::transport::Server::builder()
            .add_service(service)
            .serve_with_incoming(TcpListenerStream::new(listener)),
    );
    (runtime, address, sent)
}

fn spans(sent: &ExportTraceServiceRequest) -> Vec<Span> {
    let scopes = sent
        .resource_spans
        .iter()
        .flat_map(|resource| &resource.scope_spans);
    scopes.flat_map(|scope| scope.spans.clone()).collect()
}

fn number(span: &Span, key: &str) -> Option<i64> {
    let attribute = span
        .attributes
        .iter()
        .find(|attribute| attribute.key == key);
    match attribute?.value.clone()?.value? {
        Value::IntValue(number) => Some(number),
        _ => None,
    }
}

#[test]
fn a_span_tells_method_code_and_the_callers_trace_and_no_content() {
    let (_runtime, address, sent) = collector();
    let traces = Arc::new(Mutex::new(None));
    let made = Arc::clone(&traces);
    let bound = move |listener| {
        let traces = Arc::new(Traces::to(&address).unwrap());
        *made.lock().unwrap() = Some(Arc::clone(&traces));
        Bound {
            listener,
            store: Arc::new(Store::in_memory(&StoreOptions::default()).unwrap()),
            offload: Offload::new(2, 8),
            metrics: Arc::default(),
            traces: Some(traces),
            limits: limits(),
        }
    };
    with_bound(bound, |address| async move {
        let channel = channel(&address).await;
        let mut nations = v1::nation_service_client::NationServiceClient::new(channel.clone());
        let mut people = v1::person_service_client::PersonServiceClient::new(channel);
        let mut request = Request::new(v1::GetPersonRequest {
            name: "people/sample:Marguerite".to_owned(),
            ..Default::default()
        });
        let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let header = parent.parse().unwrap();
        request.metadata_mut().insert("traceparent", header);
        assert!(people.get_person(request).await.is_err());
        let list = nations
            .list_nations(v1::ListNationsRequest::default())
            .await;
        list.unwrap();
        let traces = traces.lock().unwrap().take().unwrap();
        let finish = tokio::task::spawn_blocking(move || traces.finish());
        finish.await.unwrap();
    });
    let sent = sent.recv_timeout(Duration::from_secs(10)).unwrap();
    assert!(!format!("{sent:?}").contains("Marguerite"));
    let spans = spans(&sent);
    let named = |name: &str| spans.iter().find(|span| span.name == name).unwrap();
    let (refused, listed) = (named("GetPerson"), named("ListNations"));
    // NOT_FOUND is the caller's failure, not the server's.
    assert_eq!(number(refused, "rpc.grpc.status_code"), Some(5));
    assert_eq!(refused.status.as_ref().map_or(0, |status| status.code), 0);
    assert_eq!(refused.trace_id[..2], [0x0a, 0xf7]);
    assert_eq!(refused.parent_span_id[..2], [0xb7, 0xad]);
    assert_eq!(number(listed, "rpc.grpc.status_code"), Some(0));
    assert!(listed.parent_span_id.is_empty());
    let waited = |span: &Span| {
        span.attributes
            .iter()
            .any(|has| has.key == "kinpath.waited_seconds")
    };
    assert!(waited(refused) && waited(listed));
}

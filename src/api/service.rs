//! The gRPC server: the three services, health, reflection v1 and v1alpha, limits, conventional errors.

use super::answers::Answers;
use super::conventional_errors::conventional;
use super::deadline::deadline;
use super::generated::DESCRIPTORS;
use super::status;
use super::v1::connection_service_server::ConnectionServiceServer;
use super::v1::family_finding_service_server::FamilyFindingServiceServer;
use super::v1::person_service_server::PersonServiceServer;
use crate::access::Permit;
use crate::ambient;
use crate::error::Error;
use crate::offload::Offload;
use crate::store::Store;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Code, Request, Response, Status};
use tonic_health::server::{HealthReporter, health_reporter};
use tower::util::MapResponseLayer;

/// What one server takes and how long it works on one request.
#[derive(Clone, Copy, Debug)]
pub struct ApiLimits {
    /// The longest that one request may take.
    pub deadline: Duration,
    /// The largest request, in bytes.
    pub message_bytes: usize,
    /// Requests at the same time on one connection.
    pub streams_per_connection: u32,
}

/// All services of this server.
#[derive(Clone)]
pub struct Service {
    store: Arc<Store>,
    offload: Offload,
    limits: ApiLimits,
}

impl Service {
    /// Answers one request on the pool. Logs the method, the code and the time taken, and nothing of the content.
    pub(super) async fn answer<Asked, Answer, Work>(
        &self,
        method: &'static str,
        request: Request<Asked>,
        work: Work,
    ) -> Result<Response<Answer>, Status>
    where
        Asked: Send + 'static,
        Answer: Send + 'static,
        Work: FnOnce(&Answers, &Asked) -> Result<Answer, Error> + Send + 'static,
    {
        let began = Instant::now();
        let until = deadline(request.metadata(), began, self.limits.deadline);
        let answers = Answers::new(
            Arc::clone(&self.store),
            Permit::local_operator(),
            ambient::today(),
        );
        let asked = request.into_inner();
        let result = self
            .offload
            .run(until, move || work(&answers, &asked))
            .await;
        let result = result.map_err(|error| status::from_error(&error));
        let code = result.as_ref().err().map_or(Code::Ok, Status::code);
        let micros = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        if code == Code::Ok {
            tracing::debug!(method, micros, "answered");
        } else {
            tracing::info!(method, ?code, micros, "refused");
        }
        result.map(Response::new)
    }
}

/// A server that is bound to its address and ready to serve.
pub struct Bound {
    /// The listening socket.
    pub listener: TcpListener,
    /// What the requests are answered from.
    pub store: Arc<Store>,
    /// Where the workflows run.
    pub offload: Offload,
    /// What is taken.
    pub limits: ApiLimits,
}

/// Serves until `stop` is done, then takes no new connections and waits for the requests that run.
/// Whoever calls this bounds that wait.
pub async fn serve(bound: Bound, stop: impl Future<Output = ()>) -> Result<(), Error> {
    let service = Service {
        store: bound.store,
        offload: bound.offload,
        limits: bound.limits,
    };
    let most = bound.limits.message_bytes;
    let families = FamilyFindingServiceServer::new(service.clone()).max_decoding_message_size(most);
    let people = PersonServiceServer::new(service.clone()).max_decoding_message_size(most);
    let connections = ConnectionServiceServer::new(service).max_decoding_message_size(most);
    let (health, health_service) = health_reporter();
    report_serving(&health).await;
    let internal = |error: String| Error::Internal { detail: error };
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(DESCRIPTORS)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    let reflection_v1 = reflection()
        .build_v1()
        .map_err(|why| internal(why.to_string()))?;
    let reflection_v1alpha = reflection()
        .build_v1alpha()
        .map_err(|why| internal(why.to_string()))?;
    let stop = async {
        stop.await;
        report_stopping(&health).await;
    };
    // Small answers leave at once; else each would wait some 40 ms for the client's acknowledgement of the one before.
    let incoming = TcpIncoming::from(bound.listener).with_nodelay(Some(true));
    Server::builder()
        .max_concurrent_streams(bound.limits.streams_per_connection)
        .http2_keepalive_interval(Some(Duration::from_secs(30)))
        .layer(MapResponseLayer::new(conventional))
        .add_service(families)
        .add_service(people)
        .add_service(connections)
        .add_service(health_service)
        .add_service(reflection_v1)
        .add_service(reflection_v1alpha)
        .serve_with_incoming_shutdown(incoming, stop)
        .await
        .map_err(|why| internal(format!("the server ended: {why}")))
}

async fn report_serving(health: &HealthReporter) {
    health
        .set_serving::<FamilyFindingServiceServer<Service>>()
        .await;
    health.set_serving::<PersonServiceServer<Service>>().await;
    health
        .set_serving::<ConnectionServiceServer<Service>>()
        .await;
}

async fn report_stopping(health: &HealthReporter) {
    health
        .set_not_serving::<FamilyFindingServiceServer<Service>>()
        .await;
    health
        .set_not_serving::<PersonServiceServer<Service>>()
        .await;
    health
        .set_not_serving::<ConnectionServiceServer<Service>>()
        .await;
}

// The one place that names k6's WebSocket module. From k6 1.6 on it is 'k6/websockets': switch this line.
export { WebSocket } from 'k6/experimental/websockets';

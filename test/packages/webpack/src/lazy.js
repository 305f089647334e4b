export default 'loaded lazily';

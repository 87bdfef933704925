/** What is needed of Flechette, loaded when an Arrow file is opened: a bundler leaves the rest of it out. */
export { CompressionType, setCompressionCodec, Type, tableFromIPC } from "@uwdata/flechette";

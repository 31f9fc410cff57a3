/**
 * Wire formats and value types: IPv6 and its extension headers, ICMPv6, neighbor discovery (RFC 4861) and Mobile IPv6 (RFC 6275).
 *
 * <p>Nothing here opens a socket, reads a clock, starts a thread, logs or keeps state between calls: bytes become values and values
 * become bytes. Values are immutable and may be shared between threads; buffers, {@link dev.roost.mobileip.PacketView} and the
 * frame writers belong to the thread that uses them.
 *
 * <p>Conventions, the same in every codec:
 *
 * <ul>
 *   <li>{@code parse(ByteBuffer)} reads from the position to the limit of a big-endian buffer, checks lengths before it reads fields,
 *       and throws {@link dev.roost.mobileip.MalformedPacketException} and nothing else whatever the bytes are;
 *   <li>{@code length()} is the number of octets that {@code writeTo(ByteBuffer)} will write;
 *   <li>reserved bits are written as zero and ignored on receipt; options and messages that are not known are kept as they came;
 *   <li>checksum fields are written as zero by the messages themselves, since only the packet around them knows the pseudo-header:
 *       {@link dev.roost.mobileip.Ipv6Packet} fills them in and verifies them.
 * </ul>
 */
@NullMarked
package dev.roost.mobileip;

import org.jspecify.annotations.NullMarked;

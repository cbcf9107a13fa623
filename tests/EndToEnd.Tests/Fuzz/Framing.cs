using System.Globalization;
using System.Text;

namespace Messaging.EndToEnd.Tests.Fuzz;

/// <summary>Puts a body after its headers: with its length, in chunks, or not as it says.</summary>
internal static class Framing
{
    public static (byte[] Bytes, Ending Ending) Frame(StringBuilder head, byte[] body, double wrong, Random random)
    {
        if (random.NextDouble() < wrong)
        {
            return Broken(head, body, random);
        }

        if (body.Length > 0 && random.Next(4) == 0)
        {
            return (Bytes(head.Append("Transfer-Encoding: chunked\r\n\r\n"), Chunks(body, random)), Ending.Whole);
        }

        return body.Length == 0 && random.Next(2) == 0
            ? (Bytes(head.Append("\r\n"), []), Ending.Whole)
            : (Bytes(head.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n\r\n"), body), Ending.Whole);
    }

    private static (byte[] Bytes, Ending Ending) Broken(StringBuilder head, byte[] body, Random random)
    {
        var ending = random.Next(2) == 0 ? Ending.Reset : Ending.HalfClosed;
        switch (random.Next(8))
        {
            case 0: // fewer bytes than it says
                return (Bytes(head.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length + random.Next(1, 100_000)}\r\n\r\n"), body), ending);
            case 1: // more bytes than it says
                return (Bytes(head.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length / 2}\r\n\r\n"), body), Ending.HalfClosed);
            case 2: // a length that is none
                return (Bytes(head.Append(CultureInfo.InvariantCulture, $"Content-Length: {OddValues.ChunkSizes[random.Next(OddValues.ChunkSizes.Length)]}\r\n\r\n"), body), Ending.HalfClosed);
            case 3: // both
                return (Bytes(head.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\nTransfer-Encoding: chunked\r\n\r\n"), Chunks(body, random)), Ending.HalfClosed);
            case 4: // a chunk size that is none
                var size = OddValues.ChunkSizes[random.Next(OddValues.ChunkSizes.Length)];
                return (Bytes(head.Append("Transfer-Encoding: chunked\r\n\r\n"), [.. Encoding.Latin1.GetBytes($"{size}\r\n"), .. body, .. "\r\n0\r\n\r\n"u8]), Ending.HalfClosed);
            case 5: // chunks without an end
                var chunks = Chunks(body, random);
                return (Bytes(head.Append("Transfer-Encoding: chunked\r\n\r\n"), chunks[..random.Next(chunks.Length)]), ending);
            case 6: // another coding
                return (Bytes(head.Append("Transfer-Encoding: gzip, chunked\r\n\r\n"), Chunks(body, random)), Ending.HalfClosed);
            default: // it ends in the headers
                var whole = Bytes(head.Append("\r\n"), body);
                return (whole[..random.Next(whole.Length)], ending);
        }
    }

    private static byte[] Chunks(byte[] body, Random random)
    {
        var chunks = new MemoryStream();
        for (var at = 0; at < body.Length;)
        {
            var length = Math.Min(body.Length - at, random.Next(1, Math.Max(2, body.Length / 3)));
            chunks.Write(Encoding.ASCII.GetBytes($"{length:x}\r\n"));
            chunks.Write(body, at, length);
            chunks.Write("\r\n"u8);
            at += length;
        }

        chunks.Write(random.Next(8) == 0 ? "0\r\nX-Trailer: a\r\n\r\n"u8 : "0\r\n\r\n"u8);
        return chunks.ToArray();
    }

    private static byte[] Bytes(StringBuilder head, byte[] body) => [.. Encoding.Latin1.GetBytes(head.ToString()), .. body];
}

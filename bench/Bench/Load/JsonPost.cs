using System.Text;

namespace Messaging.Bench.Load;

/// <summary>Requests with a JSON body in which a number makes each one different; numbers are never used twice in a run.</summary>
internal sealed record JsonPost(string Path, Func<long, string> Body)
{
    private static long _number;

    public ReadOnlyMemory<byte> Next()
    {
        var body = Body(Interlocked.Increment(ref _number));
        return Encoding.ASCII.GetBytes(
            $"POST {Path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
    }
}

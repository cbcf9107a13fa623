namespace Messaging.Api.Tests.Uploads;

/// <summary>A body of unknown length; if it stalls, its second half never comes.</summary>
internal sealed class Trickle(byte[] bytes, bool stall = false, Func<Task>? atHalf = null) : Stream
{
    private int _position;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (stall && _position > bytes.Length / 2)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        var count = Math.Min(Math.Min(buffer.Length, 4_096), bytes.Length - _position);
        if (atHalf is not null && _position <= bytes.Length / 2 && _position + count > bytes.Length / 2)
        {
            await atHalf();
        }

        bytes.AsMemory(_position, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override void Flush() => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

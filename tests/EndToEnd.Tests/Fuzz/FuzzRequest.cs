using System.Text;

namespace Messaging.EndToEnd.Tests.Fuzz;

/// <summary>The bytes of one request, and what becomes of the connection after them.</summary>
/// <param name="Operation">Which operation it is about.</param>
/// <param name="Bytes">What is sent.</param>
/// <param name="Ending">What comes after it.</param>
internal sealed record FuzzRequest(string Operation, byte[] Bytes, Ending Ending)
{
    /// <summary>For whoever has to send it again: shortened, with what is not printable escaped.</summary>
    public override string ToString()
    {
        var text = new StringBuilder($"{Operation}, {Ending}: ");
        foreach (var b in Bytes.AsSpan(0, Math.Min(Bytes.Length, 2_000)))
        {
            _ = b is >= 0x20 and < 0x7f or (byte)'\n' ? text.Append((char)b) : b == '\r' ? text : text.Append($"\\x{b:x2}");
        }

        return Bytes.Length > 2_000 ? text.Append($"… ({Bytes.Length} bytes)").ToString() : text.ToString();
    }
}

/// <summary>How a connection ends.</summary>
internal enum Ending
{
    /// <summary>The request is whole; its answer is waited for.</summary>
    Whole,

    /// <summary>Nothing more is sent, and the other side is told so.</summary>
    HalfClosed,

    /// <summary>It is reset at once.</summary>
    Reset,
}

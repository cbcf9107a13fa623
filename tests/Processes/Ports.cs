using System.Net;
using System.Net.Sockets;

namespace Messaging.Processes;

/// <summary>
/// Ports on loopback for programs that are about to be started. They are below 32768, where Linux's ports for outgoing connections begin: one of
/// those connections could have the port before the program listens on it.
/// </summary>
public static class Ports
{
    private const int First = 10_000, Count = 10_000;

    private static int _last = Environment.ProcessId * 61 % Count; // so that test processes at the same time begin at different ones

    /// <summary>A port on which nobody listens, and that is given to nobody else in this process.</summary>
    public static int Free()
    {
        for (var tries = 0; tries < Count; tries++)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _last) % Count);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody listens there.
            }
        }

        throw new InvalidOperationException("All ports are in use.");
    }
}

using System.Runtime.InteropServices;

namespace Messaging.TestSupport;

/// <summary>
/// Ends a run that is terminated, and says so. The hosts in the tests' own process catch SIGTERM, as in any program: without this they stop, each test
/// that shares one of them fails, and the run goes on.
/// </summary>
public sealed class EndsWhenTerminated : IDisposable
{
    private readonly PosixSignalRegistration _registration = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => End());

    public void Dispose() => _registration.Dispose();

    private static void End()
    {
        Console.Error.WriteLine("The test run was terminated (SIGTERM).");
        Environment.Exit(128 + 15);
    }
}

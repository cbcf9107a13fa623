using System.Diagnostics;
using Messaging.Faults.Hooks;
using Microsoft.Extensions.Hosting;

/// <summary>
/// What <c>DOTNET_STARTUP_HOOKS</c> runs in a process before its own Main; the name is the runtime's. It waits until a host is being built,
/// as WebApplicationFactory does, and adds to its services.
/// </summary>
#pragma warning disable MA0047 // the runtime looks for it in no namespace
internal static class StartupHook
#pragma warning restore MA0047
{
    public static void Initialize() => DiagnosticListener.AllListeners.Subscribe(new Listeners());

    private sealed class Listeners : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
    {
        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == "Microsoft.Extensions.Hosting")
            {
                value.Subscribe(this);
            }
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (value is { Key: "HostBuilding", Value: IHostBuilder host })
            {
                HookedServices.AddTo(host);
            }
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }
    }
}

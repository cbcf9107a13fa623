namespace Messaging.ServiceDefaults.Hosting;

/// <summary>Marker service, registered if this process serves the API: its listening addresses are then those of the API.</summary>
public sealed class ApiInProcess;

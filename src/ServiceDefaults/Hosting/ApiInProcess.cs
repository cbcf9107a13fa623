namespace Messaging.ServiceDefaults.Hosting;

/// <summary>Registered where this process serves the API, so that its addresses are the API's.</summary>
public sealed class ApiInProcess;

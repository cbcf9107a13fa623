namespace Messaging.Api.Tests.Logs;

/// <summary>A process with its access log on.</summary>
public sealed class LoggedApi() : SharedApi(new StandaloneApi(("AccessLog:Enabled", "true")));

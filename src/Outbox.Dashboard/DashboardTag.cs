namespace Messaging.Outbox.Dashboard;

/// <summary>The group of the dashboard's operations in the OpenAPI document.</summary>
internal static class DashboardTag
{
    public const string Name = "Dashboard";
}

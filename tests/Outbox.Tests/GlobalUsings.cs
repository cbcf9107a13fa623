global using Messaging.TestSupport;
